import { type Entries } from './entries.js';
import { type Dated } from './freshness.js';
import { type Order } from './window.js';

/** The newest messages of a session (100 at most) and how many there are in all, from one call. */
export interface Head extends Dated {
  readonly total: number;
  readonly tail: Entries;
  readonly arrivedAt: number;
}

/** Messages of consecutive positions, oldest first. */
export interface Block extends Dated {
  readonly first: number;
  readonly entries: Entries;
  readonly arrivedAt: number;
}

/**
 * A session as a log that grows at its end. The desk counts from two ends: `asc` offsets from the first message on, `desc`
 * offsets from the last, whose position is only as right as TotalCount. So blocks stand in one of two frames: `start`,
 * whose positions are certain, and `end`, whose positions follow from the total. `proven` says that an answer has shown
 * where the log ends (offset + returned = total), which makes the two frames one.
 */
export interface Log {
  readonly kind: 'log';
  /** Names this reading of the session; blocks of another are never mixed in. */
  readonly epoch: string;
  /** Names the `end` frame: another one begins where the log grew too far to see how the two fit. */
  readonly frame: string;
  readonly proven: boolean;
  readonly head: Head;
  readonly blocks: ReadonlyMap<string, Block>;
}

export type Frame = 'start' | 'end';

export function tailStart({ head }: Log): number {
  return head.total - head.tail.count;
}

export function newestAt(log: Log): number | undefined {
  return log.head.tail.newestAt;
}

/** `end` blocks carry their frame's name, so that one of a frame that is over is never found. */
export function blockKey(log: Log, frame: Frame, index: number): string {
  return `${frame === 'start' ? 's' : log.frame}${index}`;
}

/** The frames whose positions are right for windows of this order. */
export function usableFrames(log: Log, order: Order): readonly Frame[] {
  if (log.proven) return ['start', 'end'];
  return order === 'asc' ? ['start'] : ['end'];
}

export function withBlock(log: Log, key: string, block: Block): Log {
  return { ...log, blocks: new Map(log.blocks).set(key, block) };
}
