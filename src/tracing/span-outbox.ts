import { type Context } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode, getNumberFromEnv } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Called with the number of lost spans, and the reason. */
export type OnDropped = (spans: number, reason: string) => void;

/** The SDK's default for OTEL_BSP_MAX_QUEUE_SIZE. */
const MAX_WAITING = 2048;

/** The queue of ended spans, sent in the SDK's batches: bounded, and every lost span is counted. */
export class SpanOutbox implements SpanProcessor {
  private readonly maxWaiting = getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE') ?? MAX_WAITING;
  private readonly batches: BatchSpanProcessor;
  private waiting = 0;
  private sending = 0;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly onDropped: OnDropped,
  ) {
    const counted: SpanExporter = {
      export: (spans, done) => {
        this.send(spans, done);
      },
      shutdown: () => exporter.shutdown(),
    };
    this.batches = new BatchSpanProcessor(counted, { maxQueueSize: this.maxWaiting });
  }

  /** How many spans are lost if the process ends now. */
  get length(): number {
    return this.waiting + this.sending;
  }

  onStart(span: Span, context: Context): void {
    this.batches.onStart(span, context);
  }

  /** The SDK would drop it too, but without counting. */
  onEnd(span: ReadableSpan): void {
    if (this.waiting >= this.maxWaiting) {
      this.onDropped(1, 'the queue is full');
      return;
    }
    this.waiting += 1;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }

  private send(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.waiting -= spans.length;
    this.sending += spans.length;
    this.exporter.export(spans, (result) => {
      this.sending -= spans.length;
      if (result.code !== ExportResultCode.SUCCESS) this.onDropped(spans.length, reasonOf(result.error));
      done(result);
    });
  }
}

/** The HTTP status, or the system's code. Never the message, which may quote the receiver. */
function reasonOf(error: Error | undefined): string {
  const code = error !== undefined && 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : (error?.name ?? 'unknown');
}
