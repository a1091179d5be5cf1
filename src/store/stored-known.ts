import { type Clock } from '../clock.js';
import { Entries } from '../transcript/entries.js';
import { type Known, type WindowAnswer } from '../transcript/known.js';
import { type Block } from '../transcript/log.js';
import { BLOCK_SIZE, type Window, windowKey } from '../transcript/window.js';
import { type Seal } from './seal.js';
import { type SessionKeys } from './session-keys.js';
import { decodeValue, type StoredHeader, type StoredValue } from './stored-value.js';

/** What Redis holds of a session, as far as one window needs it. */
export interface StoredSession {
  readonly version: string;
  readonly epoch: string;
  readonly frame: string;
  readonly proven: boolean;
  /** Without its parts; undefined where the head is absent, unreadable, or the one the caller knows. */
  readonly known: Known | undefined;
  readonly blocks: ReadonlyMap<string, Block>;
  readonly window: WindowAnswer | undefined;
}

export interface ReadContext {
  readonly keys: SessionKeys;
  readonly window: Window;
  readonly seal: Seal;
  readonly now: Clock;
}

interface Part {
  readonly name: string;
  readonly value: unknown;
  readonly leftMs: number;
}

/** Reads the reply of the READ script; a part that can't be read is a part that is not there. */
export function readStored(reply: unknown, context: ReadContext): StoredSession {
  const list: readonly unknown[] = Array.isArray(reply) ? reply : [];
  const [versionText, provenFlag, epochText, frameText, ...rest] = list;
  const epoch = text(epochText);
  const proven = provenFlag === 1;
  let known: Known | undefined;
  let window: WindowAnswer | undefined;
  const blocks = new Map<string, Block>();
  for (const part of partsOf(rest)) {
    if (part.name === 'head') known = readHead(part, proven, context);
    else if (part.name === 'window') window = readWindow(part, epoch, context);
    else {
      const block = readBlock(part, epoch, context);
      if (block !== undefined) blocks.set(part.name, block);
    }
  }
  return { version: text(versionText), epoch, frame: text(frameText), proven, known, blocks, window };
}

function readHead(part: Part, proven: boolean, { keys, seal, now }: ReadContext): Known | undefined {
  const stored = decodePart(keys.head, part, seal);
  if (stored === undefined) return undefined;
  const { header, payload } = stored;
  const dates = datesOf(header, part.leftMs, now());
  const { kind, epoch, frame, total } = header;
  if (kind === 'gone') return { kind, ...dates };
  if (kind === 'contradicted' && epoch !== undefined) {
    return { kind, epoch, askedAt: dates.askedAt, until: dates.askedAt + header.life, windows: new Map() };
  }
  const tail = Entries.decode(payload);
  if (kind !== 'log' || epoch === undefined || frame === undefined || total === undefined) return undefined;
  if (tail?.count !== Math.min(total, BLOCK_SIZE)) return undefined;
  return { kind, epoch, frame, proven, head: { total, tail, ...dates }, blocks: new Map() };
}

function readBlock(part: Part, epoch: string, { keys, seal, now }: ReadContext): Block | undefined {
  const stored = decodePart(keys.block(epoch, part.name), part, seal);
  const entries = entriesOf(stored);
  const first = stored?.header.first;
  if (stored === undefined || entries === undefined || first === undefined) return undefined;
  // Another block's value under this name: all is well with it, only not here.
  if (Number(/\d+$/.exec(part.name)?.[0]) * BLOCK_SIZE !== first || entries.count > BLOCK_SIZE) return undefined;
  return { first, entries, ...datesOf(stored.header, part.leftMs, now()) };
}

function readWindow(part: Part, epoch: string, { keys, window, seal, now }: ReadContext): WindowAnswer | undefined {
  const stored = decodePart(keys.window(epoch, windowKey(window)), part, seal);
  const entries = entriesOf(stored);
  if (stored?.header.total === undefined || entries === undefined || entries.count > window.limit) return undefined;
  return { window, entries, total: stored.header.total, ...datesOf(stored.header, part.leftMs, now()) };
}

/** What lives longer than it was written to live would seem fresh all that time. */
function decodePart(key: string, { value, leftMs }: Part, seal: Seal): StoredValue | undefined {
  const stored = decodeValue(key, value, seal);
  return stored !== undefined && leftMs <= stored.header.ttl ? stored : undefined;
}

function entriesOf(stored: StoredValue | undefined): Entries | undefined {
  return stored === undefined ? undefined : Entries.decode(stored.payload);
}

/** By Redis's clock: the time since the write is what has gone of the value's life there. */
function datesOf({ ttl, age, life }: StoredHeader, leftMs: number, now: number) {
  const askedAt = now - age - Math.max(0, ttl - leftMs);
  return { askedAt, arrivedAt: askedAt, lifetimeMs: life };
}

function partsOf(rest: readonly unknown[]): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i + 2 < rest.length; i += 3) {
    parts.push({ name: text(rest[i]), value: rest[i + 1], leftMs: Number(rest[i + 2]) });
  }
  return parts;
}

function text(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString('utf8') : '';
}
