import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '../src/json.js';
import { type Service } from './service.js';

/** An event as a browser would dispatch it, and when it came. */
export interface StreamedEvent {
  readonly event: string;
  /** The last event id after it. */
  readonly id: string;
  readonly data: JsonObject;
  readonly at: number;
}

/** A reader of server-sent events (HTML Standard §9.2.6), with everything that it received. */
export class EventStream {
  readonly events: StreamedEvent[] = [];
  readonly comments: number[] = [];
  retryMs: number | undefined;
  lastEventId = '';
  /** Set if the answer is no stream. */
  body = '';
  hasEnded = false;
  private rest = '';

  private constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    readonly incoming: IncomingMessage,
    private readonly outgoing: ClientRequest,
  ) {
    const isStream = headers['content-type'] === 'text/event-stream';
    incoming.setEncoding('utf8').on('data', (text: string) => {
      if (isStream) this.read(text);
      else this.body += text;
    });
    incoming.on('close', () => {
      this.hasEnded = true;
    });
    incoming.on('error', () => undefined);
  }

  static async open(
    service: Pick<Service, 'url'>,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const outgoing = request(`${service.url}${path}`, { headers, agent: false }, (incoming) => {
        outgoing.on('error', () => undefined);
        resolve(new EventStream(incoming.statusCode ?? 0, incoming.headers, incoming, outgoing));
      });
      outgoing.once('error', reject);
      outgoing.end();
    });
  }

  /** Resolves once the condition holds. */
  async until(condition: (stream: this) => boolean, ms = 20_000): Promise<this> {
    const end = Date.now() + ms;
    while (!condition(this)) {
      if (Date.now() > end) throw new Error(`never came: ${JSON.stringify(this.summary())}`);
      await sleep(10);
    }
    return this;
  }

  /** Resolves once this many events have come. */
  async count(count: number, ms?: number): Promise<readonly StreamedEvent[]> {
    await this.until(({ events }) => events.length >= count, ms);
    return this.events;
  }

  /** Positions of all messages that came by `messages` events, in order. */
  get positions(): unknown[] {
    return this.events.filter(({ event }) => event === 'messages').flatMap(({ data }) => positionsIn(data));
  }

  /** Event types, ids and positions. */
  summary(): unknown[] {
    return this.events.map(({ event, id, data }) => [event, id, data['total'], positionsIn(data)]);
  }

  leave(): void {
    this.outgoing.destroy();
  }

  private read(text: string): void {
    this.rest += text;
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      this.take(this.rest.slice(0, end).split('\n'));
      this.rest = this.rest.slice(end + 2);
    }
  }

  private take(lines: readonly string[]): void {
    let event = 'message';
    let data: string | undefined;
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line.startsWith(':')) this.comments.push(Date.now());
      else if (name === 'event') event = value;
      else if (name === 'data') data = data === undefined ? value : `${data}\n${value}`;
      else if (name === 'id') this.lastEventId = value;
      else if (name === 'retry') this.retryMs = Number(value);
    }
    if (data === undefined) return;
    const json: unknown = JSON.parse(data);
    if (!isJsonObject(json)) throw new Error('the data is no object');
    this.events.push({ event, id: this.lastEventId, data: json, at: Date.now() });
  }
}

export function positionsIn({ messages }: JsonObject): unknown[] {
  if (!Array.isArray(messages)) return [];
  const list: readonly unknown[] = messages;
  return list.map((message) => (isJsonObject(message) ? message['position'] : undefined));
}

export function streamPath(id: string, query = ''): string {
  return `/sessions/${id}/messages/stream${query}`;
}
