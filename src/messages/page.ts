import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type Piece } from '../transcript/cut.js';
import { type Found } from '../transcript/reading.js';
import { type Window } from '../transcript/window.js';

export type Encoding = 'identity' | 'gzip' | 'br';

/** One encoding of a page, ready to be sent. */
export interface Variant {
  readonly encoding: Encoding;
  readonly body: Buffer;
  readonly etag: string;
}

/** What a page shows, by name: a page of one message would otherwise keep a whole block in memory that nobody counts. */
interface Shown extends Pick<Found, 'total' | 'first'> {
  readonly pieces: readonly { readonly id: number; readonly from: number; readonly to: number }[];
}

/** Smaller bodies don't repay it (contract). */
const MIN_COMPRESSED_BYTES = 1025;

const compress = {
  gzip: promisify(gzip),
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, {
      // Made while somebody waits: 5 is within a few per cent of 11 in size here, at a fiftieth of the time.
      params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
    }),
} as const;

/** A window of a session as bytes for the socket, made once for as long as the messages in it are the same. */
export class Page {
  readonly identity: Variant;
  readonly link: string | undefined;
  private readonly tag: string;
  private readonly shown: Shown;
  private readonly variants = new Map<Encoding, Variant | Promise<Variant>>();
  private compressedBytes = 0;
  private dated: { readonly at: number; readonly text: string } | undefined;

  constructor(
    sessionId: string,
    window: Window,
    found: Found,
    private readonly onGrowth: (page: Page) => void,
  ) {
    const body = renderBody(sessionId, window, found);
    this.tag = createHash('sha256').update(body).digest('base64url').slice(0, 27);
    this.identity = { encoding: 'identity', body, etag: `"${this.tag}"` };
    this.link = linkOf(sessionId, window, found.total);
    const { total, first } = found;
    this.shown = {
      total,
      first,
      pieces: found.pieces.map(({ entries, from, to }) => ({ id: entries.id, from, to })),
    };
  }

  get byteLength(): number {
    return this.identity.body.length + this.compressedBytes;
  }

  /** Whether the page would be the same bytes: the same pieces (they never change) at the same place. */
  shows({ total, first, pieces }: Found): boolean {
    return (
      this.shown.total === total &&
      this.shown.first === first &&
      this.shown.pieces.length === pieces.length &&
      this.shown.pieces.every((piece, i) => isSame(piece, pieces[i]))
    );
  }

  /** An HTTP-date: always the same one for a page, and a dear one to write. */
  lastModified(at: number): string {
    if (this.dated?.at !== at) this.dated = { at, text: new Date(at).toUTCString() };
    return this.dated.text;
  }

  /** The page in this encoding, if it was made already. */
  madeVariant(encoding: Encoding): Variant | undefined {
    if (encoding === 'identity' || this.identity.body.length < MIN_COMPRESSED_BYTES) return this.identity;
    const variant = this.variants.get(encoding);
    return variant instanceof Promise ? undefined : variant;
  }

  /** The page in this encoding; a promise only where it has to be made first. */
  variant(encoding: Encoding): Variant | Promise<Variant> {
    if (encoding === 'identity' || this.identity.body.length < MIN_COMPRESSED_BYTES) return this.identity;
    const made = this.variants.get(encoding);
    if (made !== undefined) return made;
    const making = this.make(encoding);
    this.variants.set(encoding, making);
    return making;
  }

  private async make(encoding: 'gzip' | 'br'): Promise<Variant> {
    const body = await compress[encoding](this.identity.body);
    const variant = { encoding, body, etag: `"${this.tag}-${encoding}"` };
    this.variants.set(encoding, variant);
    this.compressedBytes += body.length;
    this.onGrowth(this);
    return variant;
  }
}

function isSame(shown: Shown['pieces'][number], piece: Piece | undefined): boolean {
  return shown.id === piece?.entries.id && shown.from === piece.from && shown.to === piece.to;
}

/** Straight into one buffer: joining 200 small ones costs twice as much. All but the messages is ASCII. */
function renderBody(sessionId: string, window: Window, found: Found): Buffer {
  const { limit, offset, order } = window;
  const page = { limit, offset, order, total: found.total, nextOffset: nextOffset(window, found.total) ?? null };
  const head = `{"sessionId":${JSON.stringify(sessionId)},"messages":[`;
  const tail = `],"page":${JSON.stringify(page)}}`;
  const messages = order === 'asc' ? messagesIn(found) : messagesIn(found).reverse();
  const commas = Math.max(0, messages.length - 1);
  const ofMessages = messages.reduce((sum, { lead, json }) => sum + lead.length + json.length, commas);
  const body = Buffer.allocUnsafeSlow(head.length + ofMessages + tail.length);
  let at = body.write(head, 'latin1');
  for (const { lead, json } of messages) {
    if (at > head.length) at = body.writeUInt8(COMMA, at);
    at += body.write(lead, at, 'latin1');
    at += json.copy(body, at);
  }
  body.write(tail, at, 'latin1');
  return body;
}

const COMMA = 0x2c;

/** Each message's bytes and what stands before them, oldest first. */
function messagesIn({ first, pieces }: Found): { lead: string; json: Buffer }[] {
  const messages: { lead: string; json: Buffer }[] = [];
  for (const { entries, from, to } of pieces) {
    for (let i = from; i < to; i++) {
      const position = first === undefined ? 'null' : first + messages.length;
      messages.push({ lead: `{"position":${position},`, json: entries.json(i) });
    }
  }
  return messages;
}

function nextOffset({ limit, offset }: Window, total: number): number | undefined {
  return offset + limit < total ? offset + limit : undefined;
}

/** Relative links to the neighbours (RFC 8288); the previous page never reaches before the first message. */
function linkOf(sessionId: string, window: Window, total: number): string | undefined {
  const next = nextOffset(window, total);
  const links = [
    ...(next === undefined ? [] : [link(sessionId, { ...window, offset: next }, 'next')]),
    ...(window.offset === 0 ? [] : [link(sessionId, previous(window), 'prev')]),
  ];
  return links.length === 0 ? undefined : links.join(', ');
}

function previous(window: Window): Window {
  return { ...window, offset: Math.max(0, window.offset - window.limit) };
}

function link(sessionId: string, { limit, offset, order }: Window, rel: string): string {
  const path = `/sessions/${encodeURIComponent(sessionId)}/messages`;
  return `<${path}?limit=${limit}&offset=${offset}&order=${order}>; rel="${rel}"`;
}
