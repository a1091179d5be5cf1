// A dashboard in a terminal: prints a session's messages, then every new one. It needs only fetch, and the types that
// `npm run client` makes of openapi.json.
//
//   npx tsc -p examples && node dist/examples/poller.js http://127.0.0.1:3000 growing-session
//
// Runs until Ctrl-C; --once ends it after one poll, --polls 5 after five. DESK_BFF_KEY is the key, if one is needed.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { components } from './desk-bff.js';

type MessagesPage = components['schemas']['MessagesPage'];
type Message = components['schemas']['Message'];
type Problem = components['schemas']['Problem'];

interface Answer {
  /** null: unchanged since the ETag that was sent. */
  readonly body: MessagesPage | null;
  readonly etag: string | null;
  /** Seconds until the service may know more than this. */
  readonly freshFor: number;
}

/** No page now, but perhaps after `seconds`. */
class TryLater extends Error {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

/** As many messages as the service gets from one call to the desk. */
const LIMIT = 100;
/** After a failure without Retry-After. */
const PAUSE_SECONDS = 5;

class Poller {
  private etag: string | null = null;
  private readonly known = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly key: string | undefined,
  ) {}

  /**
   * Polls once and prints what is new.
   * @returns the seconds after which another poll may show something new
   */
  async poll(): Promise<number> {
    const newest = await this.get(0, this.etag);
    if (newest.body === null) {
      console.log(`unchanged: ${this.known.size} messages`);
      return newest.freshFor;
    }
    const news: Message[] = [];
    for await (const { messages } of this.pagesFrom(newest.body)) {
      const unknown = messages.filter((message) => !this.known.has(keyOf(message)));
      news.push(...unknown);
      // Newest first: a page with a known message is the last one that can have new ones.
      if (unknown.length < messages.length) break;
    }
    // Only now, so that a poll that failed half-way leaves no gap.
    this.etag = newest.etag;
    for (const message of news.reverse()) this.show(message);
    return newest.freshFor;
  }

  /** The session may grow between two pages, which shows the same message on both. */
  private show(message: Message): void {
    if (this.known.has(keyOf(message))) return;
    this.known.add(keyOf(message));
    console.log(`#${message.position ?? '?'} ${message.sentAt} ${message.sender.role}: ${message.text}`);
  }

  private async *pagesFrom(first: MessagesPage): AsyncGenerator<MessagesPage> {
    yield first;
    let offset = first.page.nextOffset;
    while (typeof offset === 'number') {
      const { body }: Answer = await this.get(offset, null);
      if (body === null) return;
      yield body;
      offset = body.page.nextOffset;
    }
  }

  private async get(offset: number, etag: string | null): Promise<Answer> {
    const response = await fetch(`${this.url}?limit=${LIMIT}&offset=${offset}&order=desc`, {
      headers: {
        ...(etag === null ? {} : { 'if-none-match': etag }),
        ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
      },
    }).catch(() => {
      throw new TryLater('the service cannot be reached', PAUSE_SECONDS);
    });
    if (response.status !== 200 && response.status !== 304) throw await failureOf(response);
    return {
      // The only unchecked cast: the service's own tests compare its answers with openapi.json.
      body: response.status === 304 ? null : ((await response.json()) as MessagesPage),
      etag: response.headers.get('etag'),
      freshFor: freshFor(response.headers),
    };
  }
}

/** 429 and 503 say when to retry, 500, 502 and 504 may be temporary; at any other status this client is wrong. */
async function failureOf(response: Response): Promise<Error> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const { code, detail } = isProblem ? ((await response.json()) as Problem) : { code: 'no problem+json', detail: '' };
  const text = `${response.status} ${code}: ${detail}`;
  const retryAfter = Number(response.headers.get('retry-after') ?? PAUSE_SECONDS);
  return response.status === 429 || response.status >= 500 ? new TryLater(text, retryAfter) : new Error(text);
}

/** The rest of max-age, at least one second: behind a stale page, the service is already fetching a new one. */
function freshFor(headers: Headers): number {
  const maxAge = Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1] ?? 0);
  return Math.max(1, maxAge - Number(headers.get('age') ?? 0));
}

/** The position; a session that contradicts itself has none. */
function keyOf({ position, sentAt, sender, text }: Message): string {
  return position === null ? `${sentAt} ${sender.id ?? ''} ${text}` : String(position);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { once: { type: 'boolean', default: false }, polls: { type: 'string', default: 'Infinity' } },
    allowPositionals: true,
  });
  const [base, sessionId] = positionals;
  if (base === undefined || sessionId === undefined) throw new Error('poller <address> <session> [--once | --polls N]');
  const url = `${base}/sessions/${encodeURIComponent(sessionId)}/messages`;
  const poller = new Poller(url, process.env['DESK_BFF_KEY']);
  const polls = values.once ? 1 : Number(values.polls);
  for (let done = 0; done < polls;) {
    try {
      const pause = await poller.poll();
      done += 1;
      if (done < polls) await sleep(pause * 1000);
    } catch (error) {
      if (!(error instanceof TryLater)) throw error;
      console.log(`${error.message} Again in ${error.seconds} s.`);
      await sleep(error.seconds * 1000);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
