// Follows a session in a terminal: prints new and edited messages as they come, and reconnects whatever ends the stream.
// It needs only fetch (EventSource cannot send a key), and the types that `npm run client` makes of openapi.json.
//
//   npx tsc -p examples && node dist/examples/follower.js http://127.0.0.1:3000 growing-session [from]
//
// Runs until Ctrl-C. DESK_BFF_KEY is the API key or token, if one is needed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { components } from './desk-bff.js';

type Message = components['schemas']['Message'];

const [base, sessionId, from] = process.argv.slice(2);
const key = process.env['DESK_BFF_KEY'];
/** The id of the last event, sent when reconnecting. Empty: positions mean nothing in this session. */
let lastEventId = '';
let retryMs = 3000;

/**
 * Reads one stream to its end.
 * @returns the milliseconds to wait before reconnecting
 * @throws Error if a retry cannot help
 */
async function follow(url: string): Promise<number> {
  const response = await fetch(url, {
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
  });
  if (!response.ok || response.body === null) {
    // 429 and 503 say when to retry, 500, 502 and 504 may be temporary; at any other status this client is wrong.
    if (response.status !== 429 && response.status < 500)
      throw new Error(`${response.status} ${await response.text()}`);
    return Number(response.headers.get('retry-after') ?? 5) * 1000;
  }
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    events.forEach(take);
  }
  return retryMs;
}

function take(lines: string): void {
  const fields = new Map(lines.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^\w*: ?/, '')]));
  retryMs = Number(fields.get('retry') ?? retryMs);
  lastEventId = fields.get('id') ?? lastEventId;
  const event = fields.get('event');
  // The only unchecked cast: the service's own tests compare its answers with openapi.json.
  const { total = 0, messages = [] } = JSON.parse(fields.get('data') ?? '{}') as {
    total?: number;
    messages?: Message[];
  };
  if (event === 'reset') console.log(`-- positions mean nothing any more: read the page again (${total} messages)`);
  for (const { position, sentAt, sender, text } of messages) {
    console.log(`${event === 'edited' ? '*' : '#'}${position ?? '?'} ${sentAt} ${sender.role}: ${text}`);
  }
}

if (base === undefined || sessionId === undefined) throw new Error('follower <address> <session> [from]');
const url = `${base}/sessions/${encodeURIComponent(sessionId)}/messages/stream`;
for (;;) {
  const ms = await follow(from === undefined ? url : `${url}?from=${from}`).catch((error: unknown) => {
    // What fetch throws if the service cannot be reached, or the connection breaks.
    if (error instanceof TypeError) return retryMs;
    throw error;
  });
  await sleep(ms);
}
