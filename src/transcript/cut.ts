import { type Entries } from './entries.js';
import { type Dated } from './freshness.js';
import { type Block, blockKey, type Log, tailStart, usableFrames } from './log.js';
import { BLOCK_SIZE, type Order, spanOf, type Window } from './window.js';

/** Entries `from` up to but not including `to`. */
export interface Piece {
  readonly entries: Entries;
  readonly from: number;
  readonly to: number;
}

/** A window cut out of what is held: its messages oldest first, what they hang on, and the blocks it still lacks. */
export interface Cut {
  readonly first: number;
  readonly pieces: readonly Piece[];
  readonly parts: readonly Dated[];
  readonly missing: readonly number[];
}

/** Cuts with those blocks that `isUsable` accepts. Where several answers hold a message, the newest has the word. */
export function cut(log: Log, window: Window, isUsable: (block: Block) => boolean): Cut {
  const { first, end } = spanOf(window, log.head.total);
  const tailFrom = log.proven || window.order === 'desc' ? tailStart(log) : Infinity;
  const pieces: Piece[] = [];
  const parts: Dated[] = [log.head];
  const missing: number[] = [];
  for (let position = first; position < end;) {
    const index = Math.floor(position / BLOCK_SIZE);
    const isInTail = position >= tailFrom;
    const to = Math.min(end, (index + 1) * BLOCK_SIZE, isInTail ? Infinity : tailFrom);
    const block = findBlock(log, window.order, index, to, isUsable);
    if (block !== undefined && !(isInTail && block.askedAt < log.head.askedAt)) {
      pieces.push({ entries: block.entries, from: position - block.first, to: to - block.first });
      parts.push(block);
    } else if (isInTail) {
      pieces.push({ entries: log.head.tail, from: position - tailFrom, to: to - tailFrom });
    } else {
      missing.push(index);
    }
    position = to;
  }
  return { first, pieces, parts, missing };
}

/** The newest usable block that reaches up to `to`. */
function findBlock(
  log: Log,
  order: Order,
  index: number,
  to: number,
  isUsable: (block: Block) => boolean,
): Block | undefined {
  let found: Block | undefined;
  for (const frame of usableFrames(log, order)) {
    const block = log.blocks.get(blockKey(log, frame, index));
    if (block === undefined || block.first + block.entries.count < to || !isUsable(block)) continue;
    if (found === undefined || block.askedAt > found.askedAt) found = block;
  }
  return found;
}
