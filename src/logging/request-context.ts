import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { type Span, type SpanContext } from '@opentelemetry/api';
import { traceUnder } from '../tracing/trace.js';
import { readTraceparent } from '../tracing/traceparent.js';

/** What a request reads, for the audit line: ids and window, never content. */
export type AuditFields = Readonly<Record<string, string | number | boolean>>;

/** What is known about a request, for its access line and for all lines logged while it is handled. */
export interface RequestContext {
  readonly requestId: string;
  /** The caller's span, from a valid `traceparent`. */
  readonly parent: SpanContext | undefined;
  /** Of the caller's trace, or of one that begins here and is recorded. */
  traceId: string | undefined;
  /** Set if this request is sampled. */
  span?: Span;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** A name, an address or a token's subject: never a key or a token. */
  caller?: string;
  /** Unix milliseconds at which the caller's credentials expire. */
  expiresAt?: number;
  audit?: AuditFields;
  cacheOutcome?: string;
  problem?: string;
  /** How a long answer ended, if this side ended it. */
  outcome?: string;
  /** Its duration was observed at its first byte. */
  isMeasured?: boolean;
  upstreamCode?: number;
  deskCalls: number;
}

const REQUEST_ID = /^[\w.-]{1,128}$/;

const storage = new AsyncLocalStorage<RequestContext>();

export function newRequestContext(headers: IncomingHttpHeaders, startedAt = performance.now()): RequestContext {
  const given = headers['x-request-id'];
  const parent = readTraceparent(headers['traceparent']);
  return {
    requestId: typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID(),
    parent,
    traceId: parent?.traceId,
    startedAt,
    deskCalls: 0,
  };
}

let running = 0;

/**
 * Runs work whose log lines and desk calls belong to a request. While an AsyncLocalStorage is in use, Node 20 tracks every
 * promise of the process, a quarter of the cost of a page from memory. So it is used only for work beyond that, and
 * disabled when no such work is left.
 */
export async function runInContext<T>(context: RequestContext, work: () => Promise<T>): Promise<T> {
  running += 1;
  try {
    return await storage.run(context, () => traceUnder(context.span, work));
  } finally {
    running -= 1;
    if (running === 0) storage.disable();
  }
}

export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}
