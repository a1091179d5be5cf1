import { type Arrived, type FreshnessPolicy } from '../cache/freshness.js';
import { type RenderedMessages } from './rendered-messages.js';
import { type Answer, BLOCK_SIZE, type Order, windowKey } from './query.js';

/** The newest messages of a session (100 at most) and how many there are in all, from one call. */
export interface Head extends Arrived {
  readonly total: number;
  readonly tail: RenderedMessages;
}

/** Messages of consecutive positions, oldest first. */
export interface Block extends Arrived {
  readonly first: number;
  readonly messages: RenderedMessages;
}

/**
 * A session as a log that grows at its end. The desk counts from two ends: `asc` offsets from the first message on, `desc`
 * offsets from the last, whose position is only as right as TotalCount. So blocks stand in one of two frames: `start`,
 * whose positions are certain, and `end`, whose positions follow from the total. `proven` says that an answer has shown
 * where the log ends (offset + returned = total), which makes the two frames one.
 */
export interface Log {
  readonly kind: 'log';
  /** Names this state of the session; blocks of another are never mixed in. */
  readonly epoch: string;
  /** Names the `end` frame: another one begins where the log grew too far to see how the two fit. */
  readonly frame: string;
  readonly proven: boolean;
  /** When the log before it turned out to be longer than the session; undefined where it did not. */
  readonly shrunkAt?: number | undefined;
  readonly head: Head;
  readonly blocks: ReadonlyMap<string, Block>;
  /** Windows that could not be fitted in, since the session grew meanwhile: kept only for the requests that wait for them. */
  readonly strays: ReadonlyMap<string, Answer & Arrived>;
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

/** The blocks that hold positions `first` up to but not including `end`. */
export function blockIndexes({ first, end }: { readonly first: number; readonly end: number }): number[] {
  if (first >= end) return [];
  const from = Math.floor(first / BLOCK_SIZE);
  return Array.from({ length: Math.floor((end - 1) / BLOCK_SIZE) - from + 1 }, (_, i) => from + i);
}

export function withBlock(log: Log, key: string, block: Block): Log {
  return { ...log, blocks: new Map(log.blocks).set(key, block) };
}

/** A bound on the windows waited for at the same time; the next head drops all of them. */
const MAX_STRAYS = 20;

export function withStray(log: Log, answer: Answer): Log {
  const kept = [...log.strays].slice(-MAX_STRAYS + 1);
  return { ...log, strays: new Map([...kept, [windowKey(answer.window), { ...answer, lifetimeMs: 0 }]]) };
}

/** Full, quiet blocks of old messages are sealed: kept unasked for longer. Milliseconds. */
export interface TranscriptPolicy extends FreshnessPolicy {
  readonly sealedMs: number;
  /** A block counts as quiet when its newest message was this old as the desk gave it. */
  readonly sealAfterMs: number;
}

export function isQuiet(policy: TranscriptPolicy, askedAt: number, newestAt: number | undefined): boolean {
  return newestAt !== undefined && askedAt - newestAt >= policy.sealAfterMs;
}
