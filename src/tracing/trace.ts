import { AsyncLocalStorage } from 'node:async_hooks';
import { type Attributes, type Span, type SpanContext } from '@opentelemetry/api';
import { type SpanOptions, type SpanRecorder } from './span-recorder.js';

/** undefined where nobody wants traces: then all below is a null check. */
let recorder: SpanRecorder | undefined;

/**
 * The span that work belongs to. As in logging/request-context.ts, it is in use only while a sampled request is beyond the
 * fast path: in Node 20 that makes every promise dearer.
 */
const active = new AsyncLocalStorage<Span | undefined>();
let running = 0;

export function recordTracesBy(by: SpanRecorder): void {
  recorder = by;
}

/** The span of a request that is sampled; undefined for any other, and where nobody wants traces. */
export function startRequestSpan(name: string, parent: SpanContext | undefined): Span | undefined {
  return recorder?.request(name, parent);
}

/** A part of the work under way, or of another span; undefined where that is not recorded. Whoever starts it ends it. */
export function startSpan(name: string, options: SpanOptions, ofSpan?: Span): Span | undefined {
  if (recorder === undefined) return undefined;
  const parent = ofSpan ?? active.getStore();
  return parent === undefined ? undefined : recorder.part(name, parent, options);
}

/** Records work as a part of the work under way, with the class of the error that it ends in. */
export function trace<T>(name: string, options: SpanOptions, work: (span?: Span) => Promise<T>): Promise<T> {
  const span = startSpan(name, options);
  return span === undefined ? work() : spanOf(span, () => work(span));
}

/** Ends a span that was started before with the work that it is about. */
export async function spanOf<T>(span: Span | undefined, work: () => Promise<T>): Promise<T> {
  if (span === undefined) return work();
  try {
    return await traceUnder(span, work);
  } catch (error) {
    recorder?.fail(span, error instanceof Error ? error.name : 'unknown');
    throw error;
  } finally {
    span.end();
  }
}

/** Work whose parts belong to this span. */
export async function traceUnder<T>(span: Span | undefined, work: () => Promise<T>): Promise<T> {
  if (span === undefined) return work();
  running += 1;
  try {
    return await active.run(span, work);
  } finally {
    running -= 1;
    if (running === 0) active.disable();
  }
}

/** Work for the next turn of the event loop, whose parts belong to the span of now; by then nobody may hold that. */
export function traceLater<T>(work: () => Promise<T>): Promise<T> {
  const span = recorder && active.getStore();
  return new Promise((resolve) => {
    setImmediate(() => {
      resolve(traceUnder(span, work));
    });
  });
}

/** Work that one request happens to begin and all need: its parts belong to nobody. */
export function untraced<T>(work: () => T): T {
  return recorder === undefined || active.getStore() === undefined ? work() : active.run(undefined, work);
}

/** Says of the work under way what only its inside knows. */
export function describeSpan(name: string, attributes: Attributes): void {
  if (recorder !== undefined) active.getStore()?.updateName(name).setAttributes(attributes);
}

export function failSpan(span: Span, errorType: string): void {
  recorder?.fail(span, errorType);
}
