import { type StoredSession } from '../store/stored-known.js';
import { type Known, knownSince, withWindow } from './known.js';
import { type Block, type Log } from './log.js';

/**
 * Joins what this process knows with what Redis holds, the newer winning. Where Redis moved on, blocks known here are
 * let go: someone may have asked for them anew, and reading them again costs the desk nothing.
 */
export function adopt(mine: Known | undefined, stored: StoredSession): Known | undefined {
  const { known } = stored;
  if (known === undefined) return isSameReading(mine, stored) ? withParts(mine, stored) : mine;
  if (mine !== undefined && knownSince(mine) > knownSince(known)) return mine;
  return withParts(keepTail(mine, known), stored);
}

function isSameReading(mine: Known | undefined, { epoch }: StoredSession): boolean {
  return mine !== undefined && mine.kind !== 'gone' && mine.epoch === epoch;
}

/** The same messages stay the same object, so that pages cut out of them stay good. */
function keepTail(mine: Known | undefined, next: Known): Known {
  if (mine?.kind !== 'log' || next.kind !== 'log') return next;
  const isSame = mine.head.total === next.head.total && mine.head.tail.equals(next.head.tail);
  return isSame ? { ...next, head: { ...next.head, tail: mine.head.tail } } : next;
}

function withParts(known: Known | undefined, { blocks, window, proven }: StoredSession): Known | undefined {
  if (known?.kind === 'log') return { ...known, proven: known.proven || proven, blocks: newest(known, blocks) };
  if (known?.kind === 'contradicted' && window !== undefined) return withWindow(known, window);
  return known;
}

function newest({ blocks }: Log, stored: ReadonlyMap<string, Block>): ReadonlyMap<string, Block> {
  const joined = new Map(blocks);
  for (const [key, block] of stored) {
    const held = joined.get(key);
    if (held === undefined || held.askedAt < block.askedAt) joined.set(key, block);
  }
  return joined;
}
