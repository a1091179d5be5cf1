import { type Arrived, type FreshnessPolicy } from '../cache/freshness.js';
import { type RenderedMessages } from './rendered-messages.js';
import { type FetchedWindow, BLOCK_SIZE, type Order, windowKey } from './query.js';

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
 * A session as a log that grows at its end. The desk counts from both ends: `asc` offsets from the first message,
 * `desc` offsets from the last; the positions of the latter are only as right as TotalCount. So blocks belong to one of
 * two frames: `start`, whose positions are certain, and `end`, whose positions follow from the total. `proven` says
 * that an answer has shown where the log ends (offset + returned = total), which makes the two frames one.
 */
export interface Log {
  readonly kind: 'log';
  /** Identifies this state of the session; blocks of another epoch are never mixed in. */
  readonly epoch: string;
  /** Identifies the `end` frame: another one begins when the log grew by more than the head shows. */
  readonly frame: string;
  readonly proven: boolean;
  /** When the log before it turned out to be longer than the session, and how many messages were left. */
  readonly shrunk?: { readonly at: number; readonly total: number } | undefined;
  readonly head: Head;
  readonly blocks: ReadonlyMap<string, Block>;
  /**
   * Windows that do not fit the log, since the session grew meanwhile: kept only for the requests that wait for them.
   */
  readonly unmerged: ReadonlyMap<string, FetchedWindow & Arrived>;
}

export type Frame = 'start' | 'end';

export function tailStart({ head }: Log): number {
  return head.total - head.tail.count;
}

export function newestAt(log: Log): number | undefined {
  return log.head.tail.newestAt;
}

/** The keys of `end` blocks hold the id of their frame, so that blocks of an ended frame are never found. */
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

/** A bound on the number of such windows; the next head drops all of them. */
const MAX_UNMERGED = 20;

export function withUnmerged(log: Log, answer: FetchedWindow): Log {
  const kept = [...log.unmerged].slice(-MAX_UNMERGED + 1);
  return { ...log, unmerged: new Map([...kept, [windowKey(answer.window), { ...answer, lifetimeMs: 0 }]]) };
}

/** Milliseconds. Full, quiet blocks of old messages are sealed: kept longer without asking the desk. */
export interface TranscriptPolicy extends FreshnessPolicy {
  readonly sealedMs: number;
  /** A block counts as quiet if its newest message was this old when it was fetched. */
  readonly sealAfterMs: number;
}

export function isQuiet(policy: TranscriptPolicy, askedAt: number, newestAt: number | undefined): boolean {
  return newestAt !== undefined && askedAt - newestAt >= policy.sealAfterMs;
}
