import { type Environment } from '../environment.js';
import { type ComplaintLog, Complaints } from './complaints.js';
import { recordTracesBy } from './trace.js';

let stop: (withinMs: number) => Promise<void> = () => Promise.resolve();

/** The SDK is loaded only if traces are configured: it is a dozen packages. */
export async function startTracing(
  environment: Environment,
  logger: ComplaintLog,
  onDropped: (spans: number) => void,
): Promise<void> {
  if (!wantsTraces(environment)) return;
  const complaints = new Complaints(logger);
  const { openTelemetry } = await import('./open-telemetry.js');
  const tracing = openTelemetry({ environment, complaints, onDropped });
  recordTracesBy(tracing.recorder);
  stop = tracing.stop;
}

/** Flushes waiting spans, within this time. */
export function stopTracing(withinMs: number): Promise<void> {
  return stop(withinMs);
}

export function wantsTraces(environment: Environment): boolean {
  const endpoint = environment.otelExporterOtlpTracesEndpoint ?? environment.otelExporterOtlpEndpoint;
  return endpoint !== undefined && !environment.otelSdkDisabled && environment.otelTracesExporter === 'otlp';
}
