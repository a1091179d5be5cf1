import { type Moment } from '../cache/moment.js';
import { type View } from '../cache/result.js';
import { type Log } from './log.js';
import { mostOf, plainWindowOf, type TranscriptQuery } from './query.js';
import { type Piece, type Slice, slice } from './slice.js';
import { type TranscriptState, totalOf, type WindowAnswer } from './state.js';
import { spanOf, windowKey } from './window.js';

/** A window of a session: its messages oldest first, whatever the window's order. */
export interface TranscriptView extends View {
  readonly total: number;
  /** Position of the oldest message here; undefined where positions mean nothing. */
  readonly first: number | undefined;
  /** Its offset in `asc` order, as far as the desk's word goes: what pages by position are continued from. */
  readonly offset: number;
  readonly pieces: readonly Piece[];
  /** Milliseconds of the newest message known of the session. */
  readonly newestAt: number | undefined;
}

/** The window, if all of it is held, however old. */
export function viewOf(state: TranscriptState, query: TranscriptQuery, moment: Moment): TranscriptView | undefined {
  if (state.kind === 'log') {
    const found = slice(state, query, () => true);
    return found.missing.length === 0 ? viewOfSlice(state, found, moment) : undefined;
  }
  if (state.until <= moment.now) return undefined;
  const answer = state.windows.get(windowKey(plainWindowOf(query, totalOf(state))));
  return answer && viewOfAnswer(answer, query, false, moment);
}

export function viewOfSlice(log: Log, { first, pieces, parts }: Slice, moment: Moment): TranscriptView {
  return {
    total: log.head.total,
    first,
    offset: first,
    pieces,
    newestAt: log.head.tail.newestAt,
    ...moment.timesOf(log.head.lifetimeMs, parts),
  };
}

/** As the desk answered it. Its own total says where it lies, unless the session contradicts itself. */
export function viewOfAnswer(
  answer: WindowAnswer,
  query: TranscriptQuery,
  hasPositions: boolean,
  moment: Moment,
): TranscriptView {
  const { window, messages, total, lifetimeMs } = answer;
  const { first } = spanOf(window, total);
  const count = Math.min(messages.count, mostOf(query));
  return {
    total,
    first: hasPositions ? first : undefined,
    offset: window.order === 'asc' ? window.offset : first,
    pieces: count === 0 ? [] : [{ messages, from: 0, to: count }],
    newestAt: messages.newestAt,
    ...moment.timesOf(lifetimeMs, [answer]),
  };
}
