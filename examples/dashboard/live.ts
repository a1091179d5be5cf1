import { type Message, pathOf, Refusal, refuse, type Service } from './service.js';
import { readEvents, type ServerSentEvent } from './sse.js';

export type LiveEvent =
  | { readonly type: 'ready' }
  | { readonly type: 'messages' | 'edited'; readonly messages: readonly Message[] }
  | { readonly type: 'reset' }
  /** The connection is gone; another is tried after so many milliseconds. */
  | { readonly type: 'away'; readonly waitMs: number };

/**
 * What happens in a session from a position on, over as many connections as it takes. By fetch, since an EventSource can
 * send no key and does not say why it was refused.
 *
 * @throws Refusal where coming back does not help
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
      if (!(error instanceof Refusal) || !error.mayPass) throw error;
      waitMs = Math.max(retryMs, (error.retryAfter ?? 0) * 1000);
    }
    yield { type: 'away', waitMs };
    await pause(waitMs, signal);
    // Positions mean nothing in this session: whoever was away has to read it again.
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
