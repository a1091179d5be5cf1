import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';

/** What one request gathers on its way, for its access line and for every other line logged meanwhile. */
export interface RequestContext {
  readonly requestId: string;
  /** The trace id of a valid `traceparent` (W3C Trace Context §3.2). */
  readonly traceId: string | undefined;
  readonly startedAt: bigint;
  caller?: string;
  cacheOutcome?: string;
  problem?: string;
  upstreamCode?: number;
  deskCalls: number;
}

const REQUEST_ID = /^[\w.-]{1,128}$/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const storage = new AsyncLocalStorage<RequestContext>();

export function newRequestContext(headers: IncomingHttpHeaders): RequestContext {
  const given = headers['x-request-id'];
  const traceparent = headers['traceparent'];
  return {
    requestId: typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID(),
    traceId: typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent)?.[1] : undefined,
    startedAt: process.hrtime.bigint(),
    deskCalls: 0,
  };
}

export function runInContext(context: RequestContext, work: () => void): void {
  storage.run(context, work);
}

export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}
