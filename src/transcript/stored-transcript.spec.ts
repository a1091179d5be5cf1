import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/model-desk.js';
import { defaults, windowOf } from '../../test/transcripts-rig.js';
import { type StoredWrite } from '../cache/redis-store.js';
import { decodeValue, encodeValue, FORMAT, plainText, type StoredValue } from '../cache/stored-value.js';
import { type Block, type Log } from './log.js';
import { RenderedMessages } from './rendered-messages.js';
import { type Contradicted, type HeldWindow } from './state.js';
import {
  readBlock,
  readHead,
  readWindow,
  storedNames,
  writeBlock,
  writeContradicted,
  writeLog,
  writeWindow,
} from './stored-transcript.js';

interface Golden {
  /** The key of the value within its session. */
  readonly name: string;
  /** Base64 of the bytes in Redis. */
  readonly value: string;
}

/**
 * A transcript as it was written when this format began. Changing what these tests expect changes the format: raise
 * FORMAT, and write new ones.
 */
const golden = JSON.parse(readFileSync(new URL('stored-transcript.golden.json', import.meta.url), 'utf8')) as {
  readonly format: number;
  readonly current: Record<Kind, Golden>;
};
type Kind = 'log' | 'contradicted' | 'block' | 'proof' | 'window';

const ASKED_AT = 1_700_000_000_000;
const NOW = ASKED_AT + 12;
const TTL = 3_910_000;

const messages = RenderedMessages.of([
  messageOf(0, 1_700_000_000_000),
  messageOf(1, 1_700_000_000_500, 'héllo\n"world"'),
]);
const dates = { askedAt: ASKED_AT, arrivedAt: NOW, lifetimeMs: 60_000 };
const log: Log = {
  kind: 'log',
  epoch: 'e0123456789_',
  frame: 'eabcdef0123_',
  proven: true,
  head: { total: 2, tail: messages, ...dates },
  blocks: new Map(),
  unmerged: new Map(),
};
const contradicted: Contradicted = {
  kind: 'contradicted',
  epoch: 'c0123456789',
  askedAt: ASKED_AT,
  until: ASKED_AT + 600_000,
  windows: new Map(),
};
const block: Block = { first: 100, messages, ...dates };
const window = windowOf({ order: 'asc', offset: 5, limit: 20 });
const answer: HeldWindow = { window, messages, total: 7, ...dates };

const [storedBlock, storedProof] = writeBlock(log, 's1', block, defaults);
const written: Record<Kind, StoredWrite | undefined> = {
  log: writeLog(log, defaults),
  contradicted: writeContradicted(contradicted, NOW),
  block: storedBlock,
  proof: storedProof,
  window: writeWindow(contradicted.epoch, answer, defaults),
};
const kinds = ['log', 'contradicted', 'block', 'proof', 'window'] as const;

function stored(kind: Kind): StoredValue {
  const value = Buffer.from(golden.current[kind].value, 'base64');
  const read = decodeValue('key', value, { leftMs: TTL, now: NOW, cipher: plainText });
  if (read === undefined) throw new Error(`the golden ${kind} is not of this format`);
  return read;
}

describe('a transcript in Redis', () => {
  it('is of the format of the golden file', () => {
    expect(golden.format).toBe(FORMAT);
  });

  it.each(kinds)('is written unchanged: %s', (kind) => {
    const write = written[kind];
    const value = write && encodeValue('key', write, { ttl: TTL, now: NOW, cipher: plainText }).toString('base64');
    expect({ name: write?.name, value }).toEqual(golden.current[kind]);
  });

  it('is read unchanged', () => {
    const head = readHead(stored('log'), NOW);
    expect(head).toMatchObject({ ...log, head: { total: 2, ...dates } });
    expect(head?.kind === 'log' && head.head.tail.equals(messages)).toBe(true);
    expect(readHead(stored('contradicted'), NOW)).toEqual(contradicted);
    const read = [readBlock('s1', stored('block'), NOW), readWindow(window, stored('window'), NOW)];
    expect(read).toMatchObject([
      { first: 100, ...dates },
      { window, total: 7, ...dates },
    ]);
    for (const each of read) expect(each?.messages.equals(messages)).toBe(true);
  });

  it('says how long ago the log before shrank, and is read where nothing says so', () => {
    const shrunk = { ...log, shrunk: { at: ASKED_AT - 5000, total: 9 } };
    const { fields, payload } = writeLog(shrunk, defaults);
    const later = { ...stored('log'), fields, payload, askedAt: ASKED_AT + 7 };
    expect(readHead(later, NOW)).toMatchObject({ shrunk: { at: ASKED_AT - 4993, total: 9 } });
    expect(readHead(stored('log'), NOW)).toMatchObject({ shrunk: undefined });
    const strange = { ...stored('log'), fields: { ...stored('log').fields, shrunkMs: '5000' } };
    expect(readHead(strange, NOW)).toMatchObject({ shrunk: undefined });
  });

  it.each<[string, StoredValue]>([
    ['another kind', { ...stored('log'), kind: 'other' }],
    ['a block', stored('block')],
    ['no epoch', { ...stored('log'), fields: { ...stored('log').fields, epoch: 7 } }],
    ['no frame', { ...stored('log'), fields: { ...stored('log').fields, frame: undefined } }],
    ['no total', { ...stored('log'), fields: { ...stored('log').fields, total: -1 } }],
    ['fewer messages than its total says', { ...stored('log'), fields: { ...stored('log').fields, total: 3 } }],
    ['broken messages', { ...stored('log'), payload: Buffer.from('garbage') }],
  ])('has no head in %s', (_, value) => {
    expect(readHead(value, NOW)).toBeUndefined();
  });

  it.each<[string, StoredValue]>([
    ['another kind', { ...stored('block'), kind: 'window' }],
    ['no position', { ...stored('block'), fields: {} }],
    ['the position of another block', { ...stored('block'), fields: { first: 200 } }],
    ['broken messages', { ...stored('block'), payload: Buffer.from('garbage') }],
    ['more messages than a block has', { ...stored('block'), payload: tooMany().encode() }],
  ])('has no block in %s', (_, value) => {
    expect(readBlock('s1', value, NOW)).toBeUndefined();
  });

  it.each<[string, StoredValue]>([
    ['another kind', { ...stored('window'), kind: 'block' }],
    ['no total', { ...stored('window'), fields: {} }],
    ['broken messages', { ...stored('window'), payload: Buffer.from('garbage') }],
    ['more messages than were asked for', { ...stored('window'), payload: tooMany().encode() }],
  ])('has no window in %s', (_, value) => {
    expect(readWindow(window, value, NOW)).toBeUndefined();
  });
});

function tooMany(): RenderedMessages {
  return RenderedMessages.of(Array.from({ length: 101 }, (_, i) => messageOf(i, i)));
}

describe('the values that a window needs besides the head', () => {
  const ofTotal = (total: number, proven: boolean): Log => {
    const tail = RenderedMessages.of(Array.from({ length: 100 }, (_, i) => messageOf(total - 100 + i, i)));
    return { ...log, epoch: 'e_', frame: 'f_', proven, head: { ...log.head, total, tail } };
  };
  const names = (proven: boolean, change: Parameters<typeof windowOf>[0]) =>
    storedNames(ofTotal(300, proven), windowOf(change));

  it('are none for the newest messages', () => {
    expect(names(false, { order: 'desc', offset: 80, limit: 20 })).toEqual([]);
  });

  it('are its blocks in both frames, and the proof while there is none', () => {
    const blocks = ['block:e_:s0', 'block:e_:f_0', 'block:e_:s1', 'block:e_:f_1'];
    expect(names(false, { order: 'asc', offset: 90, limit: 20 })).toEqual([...blocks, 'proof:e_:f_']);
    expect(names(true, { order: 'asc', offset: 90, limit: 20 })).toEqual(blocks);
  });

  it('are the blocks of the newest messages too, when those are read from the other end', () => {
    expect(names(false, { order: 'asc', offset: 210, limit: 20 })).toContain('block:e_:s2');
    expect(names(true, { order: 'asc', offset: 210, limit: 20 })).toEqual([]);
  });

  it('are only the window when the session contradicts itself', () => {
    expect(storedNames(contradicted, window)).toEqual(['window:c0123456789:asc:5:20']);
  });
});
