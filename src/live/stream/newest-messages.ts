import { fingerprintOf, type TranscriptView } from '../../transcript/view.js';
import { EVENT_END, eventHead } from './sse.js';

/** A message as it is served, without its position and the opening brace. */
export interface PositionedMessage {
  readonly position: number;
  readonly json: Buffer;
}

/** The newest messages of a session at one moment. */
export class NewestMessages {
  readonly total: number;
  /** The position of the oldest of them; undefined if positions mean nothing. */
  readonly first: number | undefined;
  private readonly messages: readonly Buffer[];
  /** All clients that are up to date get the same bytes. */
  private latest: { readonly position: number; readonly event: Buffer } | undefined;

  private constructor(
    view: TranscriptView,
    private readonly fingerprint: string,
  ) {
    this.total = view.total;
    this.first = view.first;
    this.messages = bytesOfMessages(view.slices);
  }

  /** The held one if it has the same content. */
  static of(view: TranscriptView, held: NewestMessages | undefined): NewestMessages {
    const fingerprint = fingerprintOf(view);
    if (held?.fingerprint === fingerprint) return held;
    const newest = new NewestMessages(view, fingerprint);
    return held?.equals(newest) === true ? held : newest;
  }

  /** Those from a position on; none if the position is before the first one held. */
  from(position: number): readonly PositionedMessage[] {
    const first = this.first ?? Infinity;
    if (position < first) return [];
    return this.messages.slice(position - first).map((json, i) => ({ position: position + i, json }));
  }

  /** The event with all messages from a position on. */
  eventFrom(position: number): Buffer {
    if (this.latest?.position !== position) {
      const event = messagesEvent('messages', this.total, this.from(position), this.total);
      this.latest = { position, event };
    }
    return this.latest.event;
  }

  /** Messages that both hold, with different content here. */
  editedSince(before: NewestMessages): readonly PositionedMessage[] {
    if (this.first === undefined || before.first === undefined) return [];
    const shared = Math.max(this.first, before.first);
    const known = before.from(shared);
    return this.from(shared).filter(({ json }, i) => known[i]?.json.equals(json) === false);
  }

  private equals(other: NewestMessages): boolean {
    if (this.total !== other.total || this.first !== other.first) return false;
    return this.messages.every((message, i) => other.messages[i]?.equals(message));
  }
}

/** The bytes of each message, oldest first. */
export function bytesOfMessages(slices: TranscriptView['slices']): readonly Buffer[] {
  return slices.flatMap(({ messages, from, to }) =>
    Array.from({ length: to - from }, (_, i) => messages.json(from + i)),
  );
}

/** An event with messages, as bytes; `total` only if the client has to know it. */
export function messagesEvent(
  event: 'messages' | 'edited',
  id: number,
  messages: readonly PositionedMessage[],
  total?: number,
): Buffer {
  const parts: Buffer[] = [Buffer.from(`${eventHead(event, id)}{"messages":[`)];
  for (const [i, { position, json }] of messages.entries()) {
    parts.push(Buffer.from(`${i === 0 ? '' : ','}{"position":${position},`), json);
  }
  parts.push(Buffer.from(`]${total === undefined ? '' : `,"total":${total}`}}${EVENT_END}`));
  return Buffer.concat(parts);
}
