import { type Environment } from '../environment.js';
import { type WarningLog, TracingWarnings } from './tracing-warnings.js';
import { recordTracesBy } from './trace.js';

let stop: (withinMs: number) => Promise<void> = () => Promise.resolve();

/** The SDK is loaded only if traces are configured: it is a dozen packages. */
export async function startTracing(
  environment: Environment,
  logger: WarningLog,
  onDropped: (spans: number) => void,
): Promise<void> {
  if (!wantsTraces(environment)) return;
  const warnings = new TracingWarnings(logger);
  const { openTelemetry } = await import('./open-telemetry.js');
  const tracing = openTelemetry({ environment, warnings, onDropped });
  recordTracesBy(tracing.recorder);
  stop = tracing.stop;
}

/** Flushes waiting spans, within this time. */
export function stopTracing(withinMs: number): Promise<void> {
  return stop(withinMs);
}

function wantsTraces(environment: Environment): boolean {
  const endpoint = environment.otelExporterOtlpTracesEndpoint ?? environment.otelExporterOtlpEndpoint;
  return endpoint !== undefined && !environment.otelSdkDisabled && environment.otelTracesExporter === 'otlp';
}
