import { AsyncLocalStorage } from 'node:async_hooks';
import { type Attributes, type Span, type SpanContext } from '@opentelemetry/api';
import { type SpanOptions, type SpanRecorder } from './span-recorder.js';

/** undefined if no traces are configured: then everything below is a null check. */
let recorder: SpanRecorder | undefined;

/**
 * The current span. As in logging/request-context.ts, it is in use only while a sampled request is beyond the fast
 * path: in Node 20 it makes every promise more expensive.
 */
const active = new AsyncLocalStorage<Span | undefined>();
let running = 0;

export function recordTracesBy(by: SpanRecorder): void {
  recorder = by;
}

/** The span of a sampled request; undefined for any other request, and if no traces are configured. */
export function startRequestSpan(name: string, parent: SpanContext | undefined): Span | undefined {
  return recorder?.request(name, parent);
}

/** A child of the current span, or of another one; undefined if that is not recorded. Whoever starts it ends it. */
export function startSpan(name: string, options: SpanOptions, ofSpan?: Span): Span | undefined {
  if (recorder === undefined) return undefined;
  const parent = ofSpan ?? active.getStore();
  return parent === undefined ? undefined : recorder.part(name, parent, options);
}

/** Runs work in a child of the current span, and records the class of its error. */
export function trace<T>(name: string, options: SpanOptions, work: (span?: Span) => Promise<T>): Promise<T> {
  const span = startSpan(name, options);
  return span === undefined ? work() : spanOf(span, () => work(span));
}

/** Ends a span that was started before, with the work that it covers. */
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

/** Runs work whose spans are children of this span. */
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

/** Runs work in the next turn of the event loop under the current span, which may be inactive by then. */
export function traceLater<T>(work: () => Promise<T>): Promise<T> {
  const span = recorder && active.getStore();
  return new Promise((resolve) => {
    setImmediate(() => {
      resolve(traceUnder(span, work));
    });
  });
}

/** Runs shared work that one request happens to start: its spans belong to no request. */
export function untraced<T>(work: () => T): T {
  return recorder === undefined || active.getStore() === undefined ? work() : active.run(undefined, work);
}

/** Adds attributes to the current span. */
export function describeSpan(name: string, attributes: Attributes): void {
  if (recorder !== undefined) active.getStore()?.updateName(name).setAttributes(attributes);
}

export function failSpan(span: Span, errorType: string): void {
  recorder?.fail(span, errorType);
}
