import { type StoredSession } from '../store/stored-known.js';
import { type Known, knownSince, withWindow } from './known.js';
import { type Block, type Log } from './log.js';

/**
 * Joins what this process knows with what Redis holds, the newer winning. Where Redis moved on, blocks known here are
 * let go: someone may have asked for them anew, and reading them again costs the desk nothing.
 */
export function adopt(mine: Known | undefined, stored: StoredSession): Known | undefined {
  const { known } = stored;
  if (known === undefined) return isSameReading(mine, stored) ? withParts(mine, stored, mine) : mine;
  if (mine === undefined || knownSince(mine) <= knownSince(known))
    return withParts(keepTail(mine, known), stored, mine);
  // Ages that come from Redis are a little short, now more, now less: a head that seems older may be the very same.
  return isSameReading(mine, stored) ? withParts(withoutBlocks(mine), stored, mine) : mine;
}

function withoutBlocks(known: Known | undefined): Known | undefined {
  return known?.kind === 'log' ? { ...known, blocks: new Map() } : known;
}

/** The same frame too: what was proven of another says nothing of this one. */
function isSameReading(mine: Known | undefined, { epoch, frame }: StoredSession): boolean {
  if (mine?.kind === 'log') return mine.epoch === epoch && mine.frame === frame;
  return mine?.kind === 'contradicted' && mine.epoch === epoch;
}

/** The same messages stay the same object, so that pages cut out of them stay good, and so does when they arrived here. */
function keepTail(mine: Known | undefined, next: Known): Known {
  if (mine?.kind !== 'log' || next.kind !== 'log') return next;
  const { total, tail, arrivedAt } = mine.head;
  if (total !== next.head.total || !tail.equals(next.head.tail)) return next;
  return { ...next, head: { ...next.head, tail, arrivedAt: Math.max(arrivedAt, next.head.arrivedAt) } };
}

function withParts(
  known: Known | undefined,
  { blocks, window, proven }: StoredSession,
  mine: Known | undefined,
): Known | undefined {
  if (known?.kind === 'log') {
    const familiar = mine?.kind === 'log' ? mine.blocks : undefined;
    return { ...known, proven: known.proven || proven, blocks: newest(known, blocks, familiar) };
  }
  if (known?.kind === 'contradicted' && window !== undefined) return withWindow(known, window);
  return known;
}

function newest(
  { blocks }: Log,
  stored: ReadonlyMap<string, Block>,
  familiar: ReadonlyMap<string, Block> | undefined,
): ReadonlyMap<string, Block> {
  const joined = new Map(blocks);
  for (const [key, block] of stored) {
    const held = joined.get(key);
    if (held === undefined || held.askedAt < block.askedAt) joined.set(key, keepEntries(familiar?.get(key), block));
  }
  return joined;
}

function keepEntries(mine: Block | undefined, next: Block): Block {
  if (mine?.first !== next.first || !mine.entries.equals(next.entries)) return next;
  return { ...next, entries: mine.entries, arrivedAt: Math.max(mine.arrivedAt, next.arrivedAt) };
}
