import { type RequestContext } from '../logging/request-context.js';
import { failSpan, startRequestSpan, startSpan } from '../tracing/trace.js';

/** Those that the semantic conventions know; every other is `_OTHER`, or strangers could make names. */
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

/** Gives a request its span where it is sampled, and its log lines the trace id. Neither path nor query: they name sessions and customers. */
export function traceRequest(context: RequestContext, method: string, route: string): void {
  const isKnown = METHODS.has(method);
  const name = isKnown ? method : 'HTTP';
  // What no route answers has no template.
  const isRouted = route.startsWith('/');
  const span = startRequestSpan(isRouted ? `${name} ${route}` : name, context.parent);
  // Of a trace that nobody recorded the log names no id either, unless the caller gave it.
  if (span === undefined) return;
  context.traceId = span.spanContext().traceId;
  context.span = span;
  span.setAttribute('http.request.method', isKnown ? method : '_OTHER');
  if (isRouted) span.setAttribute('http.route', route);
}

/** At the end of an answer; of one that goes on for long, at its first byte. */
export function endRequestSpan({ span, problem }: RequestContext, status: number): void {
  if (span === undefined) return;
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) failSpan(span, problem ?? String(status));
  else if (problem !== undefined) span.setAttribute('error.type', problem);
  span.end();
}

/** How an answer that went on for long ended: a moment of its own, since its request's span was sent by then. */
export function traceLastByte({ span, outcome }: RequestContext, durationMs: number): void {
  if (span === undefined) return;
  const attributes = { 'answer.outcome': outcome ?? 'aborted', 'answer.duration_ms': Math.round(durationMs) };
  startSpan('last byte', { attributes }, span)?.end();
}
