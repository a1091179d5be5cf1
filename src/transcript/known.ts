import { type Entries } from './entries.js';
import { type Dated } from './freshness.js';
import { type Log, newestAt } from './log.js';
import { type Window, windowKey } from './window.js';

/** Something that one call to the desk brought. */
export interface Datable extends Dated {
  readonly arrivedAt: number;
}

/** The desk does not know the session. */
export interface Gone extends Datable {
  readonly kind: 'gone';
}

/** One window, exactly as the desk answered it (kept oldest first). */
export interface WindowAnswer extends Datable {
  readonly window: Window;
  readonly entries: Entries;
  readonly total: number;
}

/** A session whose answers contradict each other: for a while its windows are kept one by one. */
export interface Contradicted {
  readonly kind: 'contradicted';
  readonly epoch: string;
  readonly askedAt: number;
  readonly until: number;
  readonly windows: ReadonlyMap<string, WindowAnswer>;
}

export type Known = Log | Gone | Contradicted;

/** When the desk was last asked for what this says. */
export function knownSince(known: Known): number {
  return known.kind === 'log' ? known.head.askedAt : known.askedAt;
}

export function partsOf(known: Known): readonly Datable[] {
  switch (known.kind) {
    case 'log':
      return [known.head, ...known.blocks.values()];
    case 'contradicted':
      return [...known.windows.values()];
    case 'gone':
      return [known];
  }
}

/** Milliseconds of the newest message known of the session. */
export function newestKnown(known: Known): number | undefined {
  if (known.kind === 'log') return newestAt(known);
  if (known.kind === 'gone') return undefined;
  return [...known.windows.values()].map(({ entries }) => entries.newestAt).reduce(later, undefined);
}

export function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/** A session can be asked for in more windows than anyone should keep. */
const MAX_WINDOWS = 100;

export function withWindow(contradicted: Contradicted, answer: WindowAnswer): Contradicted {
  const kept = [...contradicted.windows].slice(-MAX_WINDOWS + 1);
  return { ...contradicted, windows: new Map([...kept, [windowKey(answer.window), answer]]) };
}

/** What holding this costs in memory, roughly. */
export function byteLengthOf(known: Known): number {
  switch (known.kind) {
    case 'log':
      return sum([known.head.tail, ...[...known.blocks.values()].map(({ entries }) => entries)]);
    case 'contradicted':
      return sum([...known.windows.values()].map(({ entries }) => entries));
    case 'gone':
      return 0;
  }
}

function sum(runs: readonly Entries[]): number {
  return runs.reduce((bytes, { byteLength }) => bytes + byteLength, 0);
}
