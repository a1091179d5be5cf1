/**
 * The text of server-sent events (HTML Standard, "Server-sent events"). Every event has its own id: a client that
 * reconnects sends the last one it received. JSON has no line breaks, so one `data` line holds it.
 */

/** The types of events in a stream. */
export type StreamEvent = 'ready' | 'messages' | 'edited' | 'reset';

/** An id of undefined is sent empty: the client then forgets its last one. */
export function eventHead(event: StreamEvent, id: number | undefined): string {
  return `event: ${event}\nid:${id === undefined ? '' : ` ${id}`}\ndata: `;
}

export const EVENT_END = '\n\n';

/** An event about the session as a whole. */
export function totalEvent(event: StreamEvent, id: number | undefined, total: number): string {
  return `${eventHead(event, id)}${JSON.stringify({ total })}${EVENT_END}`;
}

export function retryLine(ms: number): string {
  return `retry: ${ms}\n`;
}

/** Ignored by clients; keeps proxies from closing a silent connection. */
export const HEARTBEAT = ': keep-alive\n\n';
