import { type RequestContext } from '../logging/request-context.js';
import { failSpan, startRequestSpan, startSpan } from '../tracing/trace.js';

/** The methods that the semantic conventions know; any other is `_OTHER`, so that clients cannot create names. */
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'CONNECT',
  'TRACE',
]);

/**
 * Gives a sampled request its span, and its log lines the trace id. Without path and query: they hold ids of sessions
 * and customers.
 */
export function traceRequest(context: RequestContext, method: string, route: string): void {
  const isKnown = METHODS.has(method);
  const name = isKnown ? method : 'HTTP';
  // Requests without a route have no template.
  const isRouted = route.startsWith('/');
  const span = startRequestSpan(isRouted ? `${name} ${route}` : name, context.parent);
  // A trace that is not recorded has no id in the log, unless the client sent one.
  if (span === undefined) return;
  context.traceId = span.spanContext().traceId;
  context.span = span;
  span.setAttribute('http.request.method', isKnown ? method : '_OTHER');
  if (isRouted) span.setAttribute('http.route', route);
}

/** At the end of an answer; for a file or a stream, at its first byte. */
export function endRequestSpan({ span, problem }: RequestContext, status: number): void {
  if (span === undefined) return;
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) failSpan(span, problem ?? String(status));
  else if (problem !== undefined) span.setAttribute('error.type', problem);
  span.end();
}

/** The end of a file or a stream, as a span of its own, since the span of its request was exported by then. */
export function traceLastByte({ span, outcome }: RequestContext, durationMs: number): void {
  if (span === undefined) return;
  const attributes = { 'answer.outcome': outcome ?? 'aborted', 'answer.duration_ms': Math.round(durationMs) };
  startSpan('last byte', { attributes }, span)?.end();
}
