import { type Basis } from '../cache/freshness.js';
import { type RenderedMessages } from './rendered-messages.js';

export type Order = 'asc' | 'desc';

/** What a caller asks for: `limit` messages after `offset`, oldest first (`asc`) or newest first (`desc`). */
export interface Window {
  readonly limit: number;
  readonly offset: number;
  readonly order: Order;
}

/** The desk's answer to one call, oldest message first. Times are Unix milliseconds. */
export interface FetchedWindow {
  readonly window: Window;
  readonly messages: RenderedMessages;
  readonly total: number;
  readonly askedAt: number;
  readonly arrivedAt: number;
  readonly basis?: Basis | undefined;
}

/** The desk gives at most 100 messages a call (API page, "Limit"), so that is the size of a block. */
export const BLOCK_SIZE = 100;

/** The newest messages, as many as one call gives: the window of a head, and what a watch polls. */
export const NEWEST_WINDOW: Window = { order: 'desc', offset: 0, limit: BLOCK_SIZE };

/** Positions (oldest = 0) `first` up to but not including `end`. */
interface Span {
  readonly first: number;
  readonly end: number;
}

/** The range of a window in a log of `total` messages; empty (`first === end`) beyond its end. */
export function spanOf(window: Window, total: number): Span {
  const near = Math.min(window.offset, total);
  const far = Math.min(window.offset + window.limit, total);
  return window.order === 'asc' ? { first: near, end: far } : { first: total - far, end: total - near };
}

export function windowKey({ order, offset, limit }: Window): string {
  return `${order}:${offset}:${limit}`;
}

/** The `limit` messages nearest to a position (oldest = 0): those older than `before`, or those newer than `after`. */
export type PositionWindow = { readonly limit: number; readonly order: Window['order'] } & (
  { readonly before: number } | { readonly after: number }
);

/** A page, by offset or by position. */
export type PageQuery = Window | PositionWindow;

/** The largest offset that the desk's 32 bits hold. */
const LAST_OFFSET = 2 ** 31 - 1;

/** Positions that a session is known to have: they do not change when it grows, so its head may be old. */
export type TranscriptQuery = PageQuery | Span;

export function isSpan(query: TranscriptQuery): query is Span {
  return 'first' in query;
}

/** The windows of a log of `total` messages that hold the page, the usual one first. */
export function windowsOf(query: TranscriptQuery, total: number): readonly [Window, ...Window[]] {
  if ('offset' in query) return [query];
  const { first, end } = clampedSpan(query, total);
  const asc: Window = { order: 'asc', offset: first, limit: end - first };
  const desc: Window = { order: 'desc', offset: total - end, limit: end - first };
  return 'before' in query ? [desc, asc] : [asc, desc];
}

/** The one window to ask the desk for when there is no log; a page by position becomes its `asc` offsets. */
export function plainWindowOf(query: TranscriptQuery, total: number): Window {
  if ('offset' in query) return query;
  if ('after' in query) {
    return { order: 'asc', offset: Math.min(query.after + 1, LAST_OFFSET), limit: query.limit };
  }
  const { first, end } = clampedSpan(query, total);
  // The desk has no empty windows, but the total is needed.
  return { order: 'asc', offset: first, limit: Math.max(1, end - first) };
}

/** How many messages of the plain window belong to the page. */
export function mostOf(query: TranscriptQuery): number {
  return 'before' in query ? Math.min(query.before, query.limit) : Infinity;
}

export function pageKey(query: PageQuery): string {
  if ('offset' in query) return windowKey(query);
  const [edge, position] = 'before' in query ? ['before', query.before] : ['after', query.after];
  return `${query.order}:${edge}:${position}:${query.limit}`;
}

export function spanIn(query: TranscriptQuery, total: number): Span {
  return 'offset' in query ? spanOf(query, total) : clampedSpan(query, total);
}

function clampedSpan(query: PositionWindow | Span, total: number): Span {
  if (isSpan(query)) return { first: Math.min(query.first, total), end: Math.min(query.end, total) };
  if ('before' in query) {
    const end = Math.min(query.before, total);
    return { first: Math.max(0, end - query.limit), end };
  }
  const first = Math.min(query.after + 1, total);
  return { first, end: Math.min(first + query.limit, total) };
}
