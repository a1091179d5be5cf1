/*
 * The text of server-sent events (HTML Standard, "Server-sent events"). Every event names its own id: a reader that comes
 * back sends the last one it saw. JSON has no line breaks, so one `data` line holds it.
 */

/** What a stream tells of a session. */
export type StreamEvent = 'ready' | 'messages' | 'edited' | 'reset';

/** An id of undefined is an empty one: the reader forgets which it saw last. */
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

/** Read by nobody; keeps proxies from taking the silence for an end. */
export const HEARTBEAT = ': keep-alive\n\n';
