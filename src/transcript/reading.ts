import { type Cut, type Piece } from './cut.js';
import { type Dated, restOf } from './freshness.js';
import { type WindowAnswer } from './known.js';
import { type Log } from './log.js';
import { spanOf, type Window } from './window.js';

export type Outcome = 'hit' | 'stale' | 'miss' | 'collapsed' | 'bypass';
export type Level = 'memory' | 'redis' | 'none';

/** A window of a session, found: the messages oldest first, whatever the window's order. */
export interface Found {
  readonly total: number;
  /** Position of the oldest message here; undefined where positions mean nothing. */
  readonly first: number | undefined;
  readonly pieces: readonly Piece[];
  /** Milliseconds of the newest message known of the session. */
  readonly newestAt: number | undefined;
  /** The whole freshness lifetime, and what is left of it: negative once stale. */
  readonly lifetimeMs: number;
  readonly restMs: number;
}

/** What was found, and how it came about. */
export interface Reading extends Found {
  readonly outcome: Outcome;
  readonly level: Level;
  /** Whether the desk was asked because the caller wanted so, because nothing was held, or because it was stale. */
  readonly forwarded: 'request' | 'miss' | 'stale' | undefined;
  readonly isStored: boolean;
  readonly isCollapsed: boolean;
}

export function foundInLog(log: Log, { first, pieces, parts }: Cut, now: number): Found {
  return {
    total: log.head.total,
    first,
    pieces,
    newestAt: log.head.tail.newestAt,
    lifetimeMs: log.head.lifetimeMs,
    restMs: leastRest(parts, now),
  };
}

/** As the desk answered it. Its own total says where it lies, unless the session contradicts itself. */
export function foundInAnswer(answer: WindowAnswer, window: Window, hasPositions: boolean, now: number): Found {
  const { entries, total, lifetimeMs } = answer;
  return {
    total,
    first: hasPositions ? spanOf(window, total).first : undefined,
    pieces: entries.count === 0 ? [] : [{ entries, from: 0, to: entries.count }],
    newestAt: entries.newestAt,
    lifetimeMs,
    restMs: restOf(answer, now),
  };
}

function leastRest(parts: readonly Dated[], now: number): number {
  return parts.reduce((least, part) => Math.min(least, restOf(part, now)), Infinity);
}
