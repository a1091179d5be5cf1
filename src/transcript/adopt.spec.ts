import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/model-desk.js';
import { type StoredSession } from '../store/stored-known.js';
import { adopt } from './adopt.js';
import { Entries } from './entries.js';
import { type Block, type Log } from './log.js';

const run = (first: number, text: string) =>
  Entries.of(Array.from({ length: 100 }, (_, i) => messageOf(first + i, first + i, text)));

function block(askedAt: number, text = 'as it was'): Block {
  return { first: 0, entries: run(0, text), askedAt, arrivedAt: askedAt, lifetimeMs: 1000 };
}

function log(askedAt: number, { blocks = {}, frame = 'f_', total = 300, text = 'tail', proven = false } = {}): Log {
  const head = { total, tail: run(total - 100, text), askedAt, arrivedAt: askedAt, lifetimeMs: 1000 };
  return { kind: 'log', epoch: 'e_', frame, proven, head, blocks: new Map(Object.entries(blocks)) };
}

function stored(known: Log | undefined, change: Partial<StoredSession> = {}): StoredSession {
  const nothing = { window: undefined, blocks: new Map<string, Block>() };
  return { version: 'v', epoch: 'e_', frame: 'f_', proven: false, known, ...nothing, ...change };
}

const blocksOf = (known: ReturnType<typeof adopt>) => (known?.kind === 'log' ? known.blocks : new Map<string, Block>());

describe('what Redis holds, taken in', () => {
  it('takes the newer head', () => {
    expect(adopt(log(1), stored(log(2, { total: 301 })))).toMatchObject({ head: { total: 301 } });
    expect(adopt(log(2), stored(log(1, { total: 299 })))).toMatchObject({ head: { total: 300 } });
  });

  it('keeps the same messages the same object, and the time at which they arrived here', () => {
    const mine = log(5);
    const known = adopt(mine, stored(log(5)));
    expect(known?.kind === 'log' && known.head.tail === mine.head.tail).toBe(true);
    const arrived = { ...mine, head: { ...mine.head, arrivedAt: 9 } };
    expect(adopt(arrived, stored(log(6)))).toMatchObject({ head: { askedAt: 6, arrivedAt: 9 } });
  });

  it('lets blocks go where Redis moved on, since they may have been asked for anew', () => {
    expect(blocksOf(adopt(log(1, { blocks: { s0: block(1) } }), stored(log(2)))).size).toBe(0);
  });

  it('lets blocks go and takes those of Redis where its head only seems older by a little', () => {
    const mine = log(7, { blocks: { s1: block(1) } });
    const known = adopt(mine, stored(log(5), { blocks: new Map([['s0', block(4)]]) }));
    expect([...blocksOf(known).keys()]).toEqual(['s0']);
  });

  it('keeps blocks where Redis has nothing new, and adds those of the window', () => {
    const mine = log(1, { blocks: { s1: block(1) } });
    const known = adopt(mine, stored(undefined, { blocks: new Map([['s0', block(4)]]) }));
    expect([...blocksOf(known).keys()]).toEqual(['s1', 's0']);
  });

  it('takes no proof of another frame', () => {
    const mine = log(1, { frame: 'g_' });
    expect(adopt(mine, stored(undefined, { proven: true }))).toMatchObject({ proven: false });
    expect(adopt(log(1), stored(undefined, { proven: true }))).toMatchObject({ proven: true });
  });

  it('keeps what is known where Redis has lost everything', () => {
    const mine = log(1);
    expect(adopt(mine, stored(undefined, { epoch: '', frame: '' }))).toBe(mine);
  });

  it('takes the news that the session is gone, and that it is back', () => {
    const gone = { kind: 'gone', askedAt: 3, arrivedAt: 3, lifetimeMs: 5000 } as const;
    expect(adopt(log(2), { ...stored(undefined), known: gone })).toMatchObject({ kind: 'gone' });
    expect(adopt(gone, stored(log(4)))).toMatchObject({ kind: 'log' });
    expect(adopt(log(4), { ...stored(undefined), known: gone })).toMatchObject({ kind: 'log' });
  });
});
