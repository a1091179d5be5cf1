import { type Arrived } from '../cache/freshness.js';
import { type Block, type Log, newestAt } from './log.js';
import { type RenderedMessages } from './rendered-messages.js';
import { type FetchedWindow, windowKey } from './query.js';

/** One window, exactly as the desk answered it. */
export type HeldWindow = FetchedWindow & Arrived;

/** A session whose answers contradict each other: for a while its windows are kept one by one. */
export interface Contradicted {
  readonly kind: 'contradicted';
  readonly epoch: string;
  readonly askedAt: number;
  readonly until: number;
  readonly windows: ReadonlyMap<string, HeldWindow>;
}

export type TranscriptState = Log | Contradicted;

export function logOf(state: TranscriptState | undefined): Log | undefined {
  return state?.kind === 'log' ? state : undefined;
}

/** When this was last fetched from the desk. */
export function askedAt(state: TranscriptState): number {
  return state.kind === 'log' ? state.head.askedAt : state.askedAt;
}

export function partsOf(state: TranscriptState): readonly Arrived[] {
  if (state.kind === 'contradicted') return [...state.windows.values()];
  return [state.head, ...state.blocks.values(), ...state.unmerged.values()];
}

/** Milliseconds of the newest message known of the session. */
export function newestOf(state: TranscriptState): number | undefined {
  if (state.kind === 'log') return newestAt(state);
  return [...state.windows.values()].map(({ messages }) => messages.newestAt).reduce(later, undefined);
}

export function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/** The newest answer, whose total counts. */
export function newestAnswer({ windows }: Contradicted): HeldWindow | undefined {
  let newest: HeldWindow | undefined;
  for (const answer of windows.values()) if (newest === undefined || answer.askedAt >= newest.askedAt) newest = answer;
  return newest;
}

/** Infinity if there is no answer. */
export function totalOf(contradicted: Contradicted): number {
  return newestAnswer(contradicted)?.total ?? Infinity;
}

/** Clients can ask for any number of different windows. */
const MAX_WINDOWS = 100;

export function withWindow(contradicted: Contradicted, answer: HeldWindow): Contradicted {
  const kept = [...contradicted.windows].slice(-MAX_WINDOWS + 1);
  return { ...contradicted, windows: new Map([...kept, [windowKey(answer.window), answer]]) };
}

/** Approximate memory of this state. */
export function byteLengthOf(state: TranscriptState): number {
  return runsOf(state).reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}

/**
 * The share of the last-used blocks in the room for blocks, at least two blocks: a client that reads the session in
 * order continues there.
 */
const LAST_SHARE = 0.125;
const LEAST_LAST = 2;

/**
 * For a session too long to be kept whole: the head, the first blocks, and the last-used ones. With the last-used ones
 * alone, reading the session again would hit nothing: each missing block would evict the next one needed.
 */
export function trim(state: TranscriptState, maxBytes: number): TranscriptState {
  if (state.kind === 'contradicted') return state;
  const room = maxBytes - state.head.tail.byteLength;
  const blocks = [...state.blocks];
  const roomForLast = Math.min(room, Math.max(room * LAST_SHARE, bytesOf(blocks.slice(-LEAST_LAST))));
  const last = fitting(blocks.toReversed(), roomForLast).toReversed();
  const first = fitting(blocks.slice(0, blocks.length - last.length), room - bytesOf(last));
  return { ...state, blocks: new Map([...first, ...last]), unmerged: new Map() };
}

type KeyedBlock = readonly [key: string, block: Block];

function bytesOf(blocks: readonly KeyedBlock[]): number {
  return blocks.reduce((bytes, [, { messages }]) => bytes + messages.byteLength, 0);
}

/** As many of them as fit, from the first one on. */
function fitting(blocks: readonly KeyedBlock[], room: number): readonly KeyedBlock[] {
  let left = room;
  const end = blocks.findIndex(([, { messages }]) => (left -= messages.byteLength) < 0);
  return blocks.slice(0, end < 0 ? blocks.length : end);
}

function runsOf(state: TranscriptState): RenderedMessages[] {
  if (state.kind === 'contradicted') return [...state.windows.values()].map(({ messages }) => messages);
  return [state.head.tail, ...[...state.blocks.values(), ...state.unmerged.values()].map(({ messages }) => messages)];
}
