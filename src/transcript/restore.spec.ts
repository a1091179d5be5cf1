import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/model-desk.js';
import { defaults, windowOf } from '../../test/transcripts-rig.js';
import { type StoredEntry, type StoredWrite } from '../cache/redis-store.js';
import { type Block, type Log } from './log.js';
import { RenderedMessages } from './rendered-messages.js';
import { restore } from './restore.js';
import { type Contradicted, type TranscriptState } from './state.js';
import { storedProofName, writeBlock, writeContradicted, writeLog, writeWindow } from './stored-transcript.js';

const run = (first: number, text: string) =>
  RenderedMessages.of(Array.from({ length: 100 }, (_, i) => messageOf(first + i, first + i, text)));

function block(askedAt: number, text = 'unchanged'): Block {
  return { first: 0, messages: run(0, text), askedAt, arrivedAt: askedAt, lifetimeMs: 1000 };
}

function log(askedAt: number, { blocks = {}, frame = 'f_', total = 300, text = 'tail', proven = false } = {}): Log {
  const head = { total, tail: run(total - 100, text), askedAt, arrivedAt: askedAt, lifetimeMs: 1000 };
  const nothing = { unmerged: new Map() };
  return { kind: 'log', epoch: 'e_', frame, proven, head, blocks: new Map(Object.entries(blocks)), ...nothing };
}

function contradicted(askedAt: number): Contradicted {
  return { kind: 'contradicted', epoch: 'c', askedAt, until: askedAt + 600_000, windows: new Map() };
}

const NOW = 1_000_000;

/** What Redis returns: this head, which may be undefined, and these other values. */
function stored(head: StoredWrite | undefined, ...parts: readonly StoredWrite[]): StoredEntry {
  return { version: 'v', head, parts: new Map(parts.map((part) => [part.name, part])) };
}

const storedLog = (of: Log) => writeLog(of, defaults);
const storedBlock = (of: Log, key: string, one: Block) => writeBlock({ ...of, proven: false }, key, one, defaults);
/** The proof of a log's frame, as it is written with a block. */
const storedProof = (of: Log) =>
  writeBlock({ ...of, proven: true }, 's0', block(1), defaults).filter(({ name }) => name === storedProofName(of));

const taken = (
  mine: TranscriptState | undefined,
  entry: StoredEntry,
  { window = windowOf({}), waitedFor }: { window?: ReturnType<typeof windowOf>; waitedFor?: string } = {},
) => restore(mine, entry, { query: window, now: NOW, waitedFor });

const blocksOf = (state: TranscriptState | undefined) =>
  state?.kind === 'log' ? state.blocks : new Map<string, Block>();

describe('what Redis holds, merged', () => {
  it('uses the newer head', () => {
    expect(taken(log(1), stored(storedLog(log(2, { total: 301 }))))).toMatchObject({ head: { total: 301 } });
    expect(taken(log(2), stored(storedLog(log(1, { total: 299 }))))).toMatchObject({ head: { total: 300 } });
  });

  it('keeps the object and the time of arrival of a head with the same messages', () => {
    const mine = log(5);
    const state = taken(mine, stored(storedLog(log(5))));
    expect(state?.kind === 'log' && state.head.tail === mine.head.tail).toBe(true);
    const arrived = { ...mine, head: { ...mine.head, arrivedAt: 9 } };
    expect(taken(arrived, stored(storedLog(log(6))))).toMatchObject({ head: { askedAt: 6, arrivedAt: 9 } });
  });

  it('keeps the object and the time of arrival of a block with the same messages', () => {
    const held = { ...block(1), arrivedAt: 9 };
    const mine = log(1, { blocks: { s0: held } });
    const state = taken(mine, stored(storedLog(log(2)), ...storedBlock(mine, 's0', block(4))));
    const taking = blocksOf(state).get('s0');
    expect(taking).toMatchObject({ askedAt: 4, arrivedAt: 9 });
    expect(taking?.messages).toBe(held.messages);
  });

  it('drops held blocks when Redis has a newer version, since they may have been fetched again', () => {
    expect(blocksOf(taken(log(1, { blocks: { s0: block(1) } }), stored(storedLog(log(2))))).size).toBe(0);
  });

  it('drops held blocks for those of Redis when its head only seems older by a little', () => {
    const mine = log(7, { blocks: { s1: block(1) } });
    const state = taken(mine, stored(storedLog(log(5)), ...storedBlock(mine, 's0', block(4))));
    expect([...blocksOf(state).keys()]).toEqual(['s0']);
  });

  it('keeps blocks when Redis has nothing new, and adds those of the window', () => {
    const mine = log(1, { blocks: { s1: block(1) } });
    const state = taken(mine, stored(undefined, ...storedBlock(mine, 's0', block(4))));
    expect([...blocksOf(state).keys()]).toEqual(['s1', 's0']);
  });

  it('keeps the newer of two blocks', () => {
    const mine = log(1, { blocks: { s0: block(5, 'newer') } });
    const state = taken(mine, stored(undefined, ...storedBlock(mine, 's0', block(4))));
    expect(blocksOf(state).get('s0')?.askedAt).toBe(5);
  });

  it('merges no block of another epoch', () => {
    const other = { ...log(1), epoch: 'other_' };
    expect(blocksOf(taken(log(1), stored(undefined, ...storedBlock(other, 's0', block(4))))).size).toBe(0);
  });

  it('replaces the log by the new one of a session that shrank, and keeps none of its blocks', () => {
    const mine = log(5, { blocks: { s0: block(5) } });
    const theirs = { ...log(8, { total: 200 }), epoch: 'new_', shrunk: { at: 8, total: 7 } };
    const state = taken(mine, stored(storedLog(theirs), ...storedBlock(mine, 's0', block(5))));
    expect(state).toMatchObject({ epoch: 'new_', head: { total: 200 }, shrunk: { at: 8, total: 7 } });
    expect(blocksOf(state).size).toBe(0);
  });

  it('uses no block that is stored under the key of another', () => {
    const mine = log(1);
    expect(blocksOf(taken(mine, stored(undefined, ...storedBlock(mine, 's1', block(4))))).size).toBe(0);
  });

  it('uses no proof of another frame', () => {
    const mine = log(1, { frame: 'g_' });
    expect(taken(mine, stored(undefined, ...storedProof(log(1))))).toMatchObject({ proven: false });
    expect(taken(log(1), stored(undefined, ...storedProof(log(1))))).toMatchObject({ proven: true });
  });

  it('keeps the held state when Redis has lost everything', () => {
    const mine = log(1);
    expect(taken(mine, stored(undefined))).toEqual(mine);
    expect(taken(undefined, stored(undefined))).toBeUndefined();
  });

  it('stores that a session contradicts itself, with the wanted window', () => {
    const theirs = contradicted(2);
    const window = windowOf({ offset: 7 });
    const answer = { window, messages: run(0, 'a'), total: 7, askedAt: 2, arrivedAt: 2, lifetimeMs: 1000 };
    const short = { ...answer, messages: RenderedMessages.of([messageOf(0, 0)]) };
    const entry = stored(writeContradicted(theirs, 2), writeWindow('c', short, defaults));
    const state = taken(log(1), entry, { window });
    expect(state).toMatchObject({ kind: 'contradicted', epoch: 'c', askedAt: 2, until: 600_002 });
    expect(state?.kind === 'contradicted' && [...state.windows.values()]).toMatchObject([{ total: 7, askedAt: 2 }]);
    const other = taken(log(1), entry, { window: windowOf({ offset: 8 }) });
    expect(other?.kind === 'contradicted' && other.windows.size).toBe(0);
  });

  it('counts a part as just received if this request waited for it, else as received when it was fetched', () => {
    const mine = log(1);
    const entry = stored(undefined, ...storedBlock(mine, 's0', block(4)));
    expect(blocksOf(taken(mine, entry)).get('s0')?.arrivedAt).toBe(4);
    expect(blocksOf(taken(mine, entry, { waitedFor: 'block:e_:s0' })).get('s0')?.arrivedAt).toBe(NOW);
    const head = stored(storedLog(log(2, { total: 301 })));
    expect(taken(mine, head)).toMatchObject({ head: { arrivedAt: 2 } });
    expect(taken(mine, head, { waitedFor: 'head' })).toMatchObject({ head: { arrivedAt: NOW } });
  });
});
