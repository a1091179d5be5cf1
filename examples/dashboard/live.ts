import { type Message, pathOf, Refusal, refuse, type Service } from './service.js';
import { readEvents, type ServerSentEvent } from './sse.js';

export type LiveEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'messages' | 'edited'; readonly messages: readonly Message[] }
  | { readonly type: 'reset' }
  /** The connection is lost; the next attempt follows after this time. */
  | { readonly type: 'disconnected'; readonly waitMs: number };

/**
 * The events of a session from a position on; reconnects as often as necessary. With fetch, because EventSource cannot
 * send a key and does not show the status of a refusal.
 *
 * @throws Refusal if a retry cannot help
 */
export async function* follow(
  service: Service,
  id: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LiveEvent, void> {
  let lastId = String(from);
  let retryMs = 3000;
  while (!signal.aborted) {
    let waitMs = retryMs;
    try {
      for await (const event of connection(service, id, lastId, signal)) {
        retryMs = event.retry ?? retryMs;
        lastId = event.id ?? lastId;
        const news = newsIn(event);
        if (news !== undefined) yield news;
      }
      waitMs = retryMs;
    } catch (error) {
      if (!(error instanceof Refusal) || !error.isTemporary) throw error;
      waitMs = Math.max(retryMs, (error.retryAfter ?? 0) * 1000);
    }
    yield { type: 'disconnected', waitMs };
    await pause(waitMs, signal);
    // Positions mean nothing in this session: after a disconnection it has to be read again.
    if (lastId === '') yield { type: 'reset' };
  }
}

async function* connection(
  service: Service,
  id: string,
  lastId: string,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent, void> {
  const headers = { accept: 'text/event-stream', ...(lastId === '' ? {} : { 'last-event-id': lastId }) };
  const { body } = await service.ask(`${pathOf(id)}/messages/stream`, signal, headers);
  if (body === null) return;
  try {
    yield* readEvents(body);
  } catch (error) {
    refuse(signal)(error);
  }
}

function newsIn({ type, data }: ServerSentEvent): LiveEvent | undefined {
  if (type === 'ready' || type === 'reset') return { type };
  if (type !== 'messages' && type !== 'edited') return undefined;
  const { messages } = JSON.parse(data) as { readonly messages: readonly Message[] };
  return { type, messages };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
