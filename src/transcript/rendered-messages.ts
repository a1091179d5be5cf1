import { unshared } from '../cache/unshared.js';
import { toMessage } from '../content/message.js';
import { type DeskMessage } from '../desk/commands/describe-chat-messages.js';

const FIELDS = 16;

/**
 * A run of messages, oldest first, as the very bytes that are served. They are rendered once, when the desk's answer
 * arrives; a page is a slice of them without parsing, and they go to Redis as they are.
 */
export class RenderedMessages {
  private static made = 0;

  /** Identifies these messages in this process, without keeping a reference to them. */
  readonly id = ++RenderedMessages.made;
  /** Milliseconds of the newest message; undefined for an empty run. */
  readonly newestAt: number | undefined;

  private constructor(
    private readonly bytes: Buffer,
    private readonly ends: readonly number[],
    private readonly senderLengths: readonly number[],
    private readonly sentAts: readonly number[],
  ) {
    this.newestAt = sentAts.length === 0 ? undefined : sentAts.reduce((newest, at) => Math.max(newest, at));
  }

  /** One text for all of them: a buffer for each message would cost more than its JSON. */
  static of(messages: readonly DeskMessage[]): RenderedMessages {
    const ends: number[] = [];
    const senderLengths: number[] = [];
    let end = 0;
    let text = '';
    for (const message of messages) {
      const { sender, rest } = render(message);
      senderLengths.push(Buffer.byteLength(sender));
      ends.push((end += Buffer.byteLength(sender) + Buffer.byteLength(rest)));
      text += sender + rest;
    }
    return new RenderedMessages(
      unshared(Buffer.from(text)),
      ends,
      senderLengths,
      messages.map(({ timestamp }) => timestamp),
    );
  }

  get count(): number {
    return this.ends.length;
  }

  /** Approximate memory of this run. */
  get byteLength(): number {
    return this.bytes.length + this.count * 3 * 8 + 200;
  }

  /** The served bytes of one message: a view, not a copy. */
  json(index: number): Buffer {
    return this.bytes.subarray(this.start(index), this.ends[index]);
  }

  sentAt(index: number): number | undefined {
    return this.sentAts[index];
  }

  /** The same message, possibly edited: compared by sender and timestamp (the desk gives no id). */
  isSameMessage(index: number, other: RenderedMessages, otherIndex: number): boolean {
    return this.sentAts[index] === other.sentAts[otherIndex] && this.sender(index).equals(other.sender(otherIndex));
  }

  equals(other: RenderedMessages): boolean {
    return this.count === other.count && this.bytes.equals(other.bytes);
  }

  /** Count, then per message timestamp, length and length of the sender, then the bytes; numbers big-endian. */
  encode(): Buffer {
    const table = Buffer.alloc(4 + this.count * FIELDS);
    table.writeUInt32BE(this.count, 0);
    for (let i = 0, at = 4; i < this.count; i++, at += FIELDS) {
      table.writeDoubleBE(this.sentAts[i] ?? 0, at);
      table.writeUInt32BE((this.ends[i] ?? 0) - this.start(i), at + 8);
      table.writeUInt32BE(this.senderLengths[i] ?? 0, at + 12);
    }
    return Buffer.concat([table, this.bytes]);
  }

  /** Decodes what `encode` wrote; undefined for anything else, since values in Redis are outside data. */
  static decode(data: Buffer): RenderedMessages | undefined {
    if (data.length < 4) return undefined;
    const count = data.readUInt32BE(0);
    const bodyStart = 4 + count * FIELDS;
    if (data.length < bodyStart) return undefined;
    const ends: number[] = [];
    const senderLengths: number[] = [];
    const sentAts: number[] = [];
    let end = 0;
    for (let i = 0, at = 4; i < count; i++, at += FIELDS) {
      sentAts.push(data.readDoubleBE(at));
      ends.push((end += data.readUInt32BE(at + 8)));
      senderLengths.push(data.readUInt32BE(at + 12));
    }
    if (data.length !== bodyStart + end) return undefined;
    return new RenderedMessages(unshared(data.subarray(bodyStart)), ends, senderLengths, sentAts);
  }

  private start(index: number): number {
    return index === 0 ? 0 : (this.ends[index - 1] ?? 0);
  }

  private sender(index: number): Buffer {
    const start = this.start(index);
    return this.bytes.subarray(start, start + (this.senderLengths[index] ?? 0));
  }
}

/**
 * One message as it is served, without its position and the opening brace:
 * `"sender":{"id":…` and `,"role":…},"sentAt":…,"text":…,"content":…}`.
 */
function render(desk: DeskMessage): { readonly sender: string; readonly rest: string } {
  const { sender, sentAt, text, content } = toMessage(desk);
  const rest = JSON.stringify({ sentAt, text, content }).slice(1);
  return { sender: `"sender":{"id":${JSON.stringify(sender.id)}`, rest: `,"role":"${sender.role}"},${rest}` };
}
