import { type Arrived, type Moment } from '../cache/freshness.js';
import { type View } from '../cache/result.js';
import { type Block, blockKey, type Log, tailStart, usableFrames } from './log.js';
import {
  BLOCK_SIZE,
  isSpan,
  mostOf,
  type Order,
  plainWindowOf,
  spanIn,
  spanOf,
  type TranscriptQuery,
  type Window,
  windowKey,
  windowsOf,
} from './query.js';
import {
  type Contradicted,
  type HeldWindow,
  later,
  newestAnswer,
  newestOf,
  totalOf,
  type TranscriptState,
} from './state.js';
import { RenderedMessages } from './rendered-messages.js';

/** A window of a session: its messages oldest first, whatever the window's order. */
export interface TranscriptView extends View {
  readonly total: number;
  /** Position of the oldest message here; undefined if positions mean nothing. */
  readonly first: number | undefined;
  /** The desk's `asc` offset of the oldest message here; paging by position continues from it. */
  readonly offset: number;
  readonly slices: readonly RunSlice[];
  /** Milliseconds of the newest message known of the session. */
  readonly newestAt: number | undefined;
}

/** The window, if all of it is held, however old. */
export function viewOf(state: TranscriptState, query: TranscriptQuery, moment: Moment): TranscriptView | undefined {
  if (state.kind === 'log') {
    const found = slice(state, query, () => true);
    return found.missing.length === 0 ? viewOfSlice(state, found, moment) : undefined;
  }
  return state.until <= moment.now ? undefined : viewOfContradicted(state, query, moment, () => true);
}

/** The window as the desk answered it, or an empty page beyond the total of the newest answer. */
export function viewOfContradicted(
  state: Contradicted,
  query: TranscriptQuery,
  moment: Moment,
  isUsable: (answer: HeldWindow) => boolean,
): TranscriptView | undefined {
  const window = plainWindowOf(query, totalOf(state));
  const newest = newestAnswer(state);
  if (newest !== undefined && isUsable(newest) && isBeyond(query, newest.total)) {
    return viewOfAnswer({ ...newest, window, messages: NO_MESSAGES }, query, state, moment);
  }
  const answer = state.windows.get(windowKey(window));
  return answer && isUsable(answer) ? viewOfAnswer(answer, query, state, moment) : undefined;
}

const NO_MESSAGES = RenderedMessages.of([]);

/** Not for a total of 0, which may be what contradicts, nor for a file's span: it has to notice that messages are gone. */
function isBeyond(query: TranscriptQuery, total: number): boolean {
  if (isSpan(query) || total === 0) return false;
  const { first, end } = spanIn(query, total);
  return first === end;
}

export function viewOfSlice(log: Log, { first, slices, parts }: Slice, moment: Moment): TranscriptView {
  const { total, tail, lifetimeMs } = log.head;
  const { ageMs, remainingMs } = moment.timesOf(lifetimeMs, parts);
  // Field by field: with a spread, V8 makes the object about ten times slower, at every hit.
  return { total, first, offset: first, slices, newestAt: tail.newestAt, lifetimeMs, ageMs, remainingMs };
}

/** As the desk answered it. Its own total gives its positions, unless the session contradicts itself. */
export function viewOfAnswer(
  answer: HeldWindow,
  query: TranscriptQuery,
  state: TranscriptState,
  moment: Moment,
): TranscriptView {
  const { window, messages, total, lifetimeMs } = answer;
  const { first } = spanOf(window, total);
  const count = Math.min(messages.count, mostOf(query));
  return {
    total,
    first: state.kind === 'log' ? first : undefined,
    offset: window.order === 'asc' ? window.offset : first,
    slices: count === 0 ? [] : [{ messages, from: 0, to: count }],
    newestAt: later(messages.newestAt, newestOf(state)),
    ...moment.timesOf(lifetimeMs, [answer]),
  };
}

/** Two views with the same fingerprint are the same page: runs of rendered messages never change. */
export function fingerprintOf({ total, first, slices }: TranscriptView): string {
  const shown = slices.map(({ messages, from, to }) => `${messages.id}:${from}:${to}`);
  return `${total}:${first}:${shown.join()}`;
}

/** How many messages it shows. */
export function countOf({ slices }: TranscriptView): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Messages `from` up to but not including `to` of a run. */
interface RunSlice {
  readonly messages: RenderedMessages;
  readonly from: number;
  readonly to: number;
}

/** A window of what is held: its messages oldest first, what their freshness depends on, and the missing blocks. */
interface Slice {
  /** The end from which its window is counted. */
  readonly order: Order;
  readonly first: number;
  readonly slices: readonly RunSlice[];
  readonly parts: readonly Arrived[];
  readonly missing: readonly number[];
}

/**
 * Of the windows that hold the page, the one with the fewest missing blocks: no page by position costs more calls than
 * by offset.
 */
export function slice(log: Log, query: TranscriptQuery, isUsable: (block: Block) => boolean): Slice {
  const slices = windowsOf(query, log.head.total).map((window) => sliceOf(log, window, isUsable));
  return slices.reduce((best, other) => (other.missing.length < best.missing.length ? other : best));
}

/** Uses only blocks that `isUsable` accepts. If several answers hold a message, the newest is used. */
function sliceOf(log: Log, window: Window, isUsable: (block: Block) => boolean): Slice {
  const { first, end } = spanOf(window, log.head.total);
  const tailFrom = log.proven || window.order === 'desc' ? tailStart(log) : Infinity;
  const slices: RunSlice[] = [];
  const parts: Arrived[] = [log.head];
  const missing: number[] = [];
  for (let position = first; position < end;) {
    const index = Math.floor(position / BLOCK_SIZE);
    const isInTail = position >= tailFrom;
    const to = Math.min(end, (index + 1) * BLOCK_SIZE, isInTail ? Infinity : tailFrom);
    const block = findBlock(log, window.order, index, to, isUsable);
    if (block !== undefined && !(isInTail && block.askedAt < log.head.askedAt)) {
      slices.push({ messages: block.messages, from: position - block.first, to: to - block.first });
      parts.push(block);
    } else if (isInTail) {
      slices.push({ messages: log.head.tail, from: position - tailFrom, to: to - tailFrom });
    } else {
      missing.push(index);
    }
    position = to;
  }
  return { order: window.order, first, slices, parts, missing };
}

/** The newest usable block that ends at `to` or later. */
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
    if (block === undefined || block.first + block.messages.count < to || !isUsable(block)) continue;
    if (found === undefined || block.askedAt > found.askedAt) found = block;
  }
  return found;
}
