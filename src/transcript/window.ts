import { type RenderedMessages } from './rendered-messages.js';

import { type Basis } from '../cache/freshness.js';

export type Order = 'asc' | 'desc';

/** What a caller asks for: `limit` messages after `offset`, oldest first (`asc`) or newest first (`desc`). */
export interface Window {
  readonly limit: number;
  readonly offset: number;
  readonly order: Order;
}

/** What the desk answered to one question, oldest message first. Times are Unix milliseconds. */
export interface Answer {
  readonly window: Window;
  readonly messages: RenderedMessages;
  readonly total: number;
  readonly askedAt: number;
  readonly arrivedAt: number;
  readonly basis?: Basis | undefined;
}

/** The desk gives at most 100 messages a call (API page, "Limit"), so that is the size of a block. */
export const BLOCK_SIZE = 100;

/** Positions (oldest = 0) `first` up to but not including `end`. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** Where a window lies in a log of `total` messages; empty (`first === end`) beyond its end. */
export function spanOf(window: Window, total: number): Span {
  const near = Math.min(window.offset, total);
  const far = Math.min(window.offset + window.limit, total);
  return window.order === 'asc' ? { first: near, end: far } : { first: total - far, end: total - near };
}

export function windowKey({ order, offset, limit }: Window): string {
  return `${order}:${offset}:${limit}`;
}
