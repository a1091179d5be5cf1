import { diag, DiagLogLevel } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { version } from '../version.js';
import { within } from '../clock.js';
import { type Environment } from '../environment.js';
import { type TracingWarnings } from './tracing-warnings.js';
import { headSampler } from './head-sampler.js';
import { SpanOutbox } from './span-outbox.js';
import { SpanRecorder } from './span-recorder.js';

export interface OpenTelemetryParts {
  readonly environment: Environment;
  readonly warnings: TracingWarnings;
  readonly onDropped: (count: number) => void;
}

export interface OpenTelemetry {
  readonly recorder: SpanRecorder;
  /** Flushes waiting spans, within this time. */
  readonly stop: (withinMs: number) => Promise<void>;
}

/** Sets up the SDK, which reads its own variables (limits, batches, receiver, headers). */
export function openTelemetry({ environment, warnings, onDropped }: OpenTelemetryParts): OpenTelemetry {
  listenToSdk(warnings);
  const drop = (spans: number, reason: string) => {
    onDropped(spans);
    warnings.dropped(spans, reason);
  };
  const protocol = environment.otelExporterOtlpTracesProtocol ?? environment.otelExporterOtlpProtocol;
  const outbox = new SpanOutbox(protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter(), drop);
  const provider = new BasicTracerProvider({
    resource: resourceOfService(),
    spanProcessors: [outbox],
    sampler: new AlwaysOnSampler(),
  });
  const recorder = new SpanRecorder(provider.getTracer('desk-bff', version), headSampler(environment));
  const stop = async (withinMs: number) => {
    const sent = provider.shutdown().catch(() => undefined);
    await within(sent, withinMs);
    if (outbox.length > 0) drop(outbox.length, 'the service stopped');
  };
  return { recorder, stop };
}

function listenToSdk(warnings: TracingWarnings): void {
  const report = (words: string) => {
    warnings.ofSdk(words);
  };
  const ignore = () => undefined;
  const logger = { error: report, warn: report, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  // It only reports batches that could not be sent: the outbox has counted and logged them.
  setGlobalErrorHandler(ignore);
}

/** No resource attributes of process and host: a command line may hold secrets. */
function resourceOfService() {
  const own = resourceFromAttributes({ 'service.name': 'desk-bff', 'service.version': version });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [serviceInstanceIdDetector, envDetector] }));
}
