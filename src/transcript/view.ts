import { type Dated, remainingMs } from '../cache/freshness.js';
import { type View } from '../cache/result.js';
import { type Log } from './log.js';
import { type Piece, type Slice, slice } from './slice.js';
import { type TranscriptState, type WindowAnswer } from './state.js';
import { spanOf, type Window, windowKey } from './window.js';

/** A window of a session: its messages oldest first, whatever the window's order. */
export interface TranscriptView extends View {
  readonly total: number;
  /** Position of the oldest message here; undefined where positions mean nothing. */
  readonly first: number | undefined;
  readonly pieces: readonly Piece[];
  /** Milliseconds of the newest message known of the session. */
  readonly newestAt: number | undefined;
}

/** The window, if all of it is held, however old. */
export function viewOf(state: TranscriptState, window: Window, now: number): TranscriptView | undefined {
  if (state.kind === 'log') {
    const found = slice(state, window, () => true);
    return found.missing.length === 0 ? viewOfSlice(state, found, now) : undefined;
  }
  const answer = state.until > now ? state.windows.get(windowKey(window)) : undefined;
  return answer && viewOfAnswer(answer, false, now);
}

export function viewOfSlice(log: Log, { first, pieces, parts }: Slice, now: number): TranscriptView {
  return {
    total: log.head.total,
    first,
    pieces,
    newestAt: log.head.tail.newestAt,
    lifetimeMs: log.head.lifetimeMs,
    remainingMs: leastRemaining(parts, now),
  };
}

/** As the desk answered it. Its own total says where it lies, unless the session contradicts itself. */
export function viewOfAnswer(answer: WindowAnswer, hasPositions: boolean, now: number): TranscriptView {
  const { window, messages, total, lifetimeMs } = answer;
  return {
    total,
    first: hasPositions ? spanOf(window, total).first : undefined,
    pieces: messages.count === 0 ? [] : [{ messages, from: 0, to: messages.count }],
    newestAt: messages.newestAt,
    lifetimeMs,
    remainingMs: remainingMs(answer, now),
  };
}

function leastRemaining(parts: readonly Dated[], now: number): number {
  return parts.reduce((least, part) => Math.min(least, remainingMs(part, now)), Infinity);
}
