import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

/** What a request reads, for the audit line: ids and window, never content. */
export type AuditFields = Readonly<Record<string, string | number | boolean>>;

/** What is known about a request, for its access line and for all lines logged while it is handled. */
export interface RequestContext {
  readonly requestId: string;
  /** The trace id of a valid `traceparent` (W3C Trace Context §3.2). */
  readonly traceId: string | undefined;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
  /** A name, an address or a token's subject: never a key or a token. */
  caller?: string;
  /** Unix milliseconds at which the caller's credentials expire. */
  expiresAt?: number;
  audit?: AuditFields;
  cacheOutcome?: string;
  problem?: string;
  /** How a long answer ended, once it is this side that ended it. */
  outcome?: string;
  /** Its duration was observed at its first byte. */
  isMeasured?: boolean;
  upstreamCode?: number;
  deskCalls: number;
}

const REQUEST_ID = /^[\w.-]{1,128}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const storage = new AsyncLocalStorage<RequestContext>();

export function newRequestContext(headers: IncomingHttpHeaders, startedAt = performance.now()): RequestContext {
  const given = headers['x-request-id'];
  const traceparent = headers['traceparent'];
  return {
    requestId: typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID(),
    traceId: typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined,
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
    return await storage.run(context, work);
  } finally {
    running -= 1;
    if (running === 0) storage.disable();
  }
}

export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}
