import { randomBytes } from 'node:crypto';
import { heuristicLifetime } from '../cache/freshness.js';
import { type Merged } from '../cache/resource.js';
import { type Clock } from '../clock.js';
import { blockKey, type Frame, type Log, type TranscriptPolicy, withUnmerged } from './log.js';
import { CONTRADICTED_MS, mergeBlock, mergeHead, withStaleHead } from './merge-log.js';
import {
  type Contradicted,
  later,
  logOf,
  newestOf,
  type TranscriptState,
  type HeldWindow,
  withWindow,
} from './state.js';
import { writeBlock, writeContradicted, writeLog, writeWindow } from './stored-transcript.js';
import { type FetchedWindow } from './query.js';

/** The answer to one call. A block was requested in terms of the log as it was then. */
export type TranscriptUpdate =
  | { readonly kind: 'head'; readonly answer: FetchedWindow }
  | {
      readonly kind: 'block';
      readonly log: Log;
      readonly frame: Frame;
      readonly index: number;
      readonly answer: FetchedWindow;
    }
  | { readonly kind: 'window'; readonly answer: FetchedWindow };

type BlockUpdate = TranscriptUpdate & { readonly kind: 'block' };
type MergedTranscript = Merged<TranscriptState>;

/** Merges the desk's answers about a session into its state. */
export class TranscriptMerger {
  constructor(
    private readonly policy: TranscriptPolicy,
    private readonly now: Clock,
    private readonly onContradiction: (sessionId: string) => void,
  ) {}

  merge(sessionId: string, state: TranscriptState | undefined, update: TranscriptUpdate): MergedTranscript {
    switch (update.kind) {
      case 'head':
        return this.mergeHead(sessionId, logOf(state), update.answer);
      case 'block':
        return this.mergeBlock(sessionId, state, update);
      case 'window':
        return this.mergeWindow(state, update.answer);
    }
  }

  private mergeHead(sessionId: string, log: Log | undefined, answer: FetchedWindow): MergedTranscript {
    const merged = mergeHead(log, answer, this.policy);
    if (merged === 'contradiction') return this.contradict(sessionId, answer);
    return { state: merged, writes: [writeLog(merged, this.policy)] };
  }

  /** Changes nothing if the session grew meanwhile, since the positions of these messages are unknown then. */
  private mergeBlock(sessionId: string, state: TranscriptState | undefined, update: BlockUpdate): MergedTranscript {
    const known = logOf(state);
    if (known === undefined) return { state, writes: [] };
    const { log: asked, frame, index, answer } = update;
    const merged = mergeBlock(known, asked, frame, index, answer, this.policy);
    if (merged === 'misfit') return { state, writes: [] };
    if (merged === 'shrunk') return { state: withStaleHead(known), writes: [] };
    if (merged === 'contradiction') return this.contradict(sessionId, answer);
    const key = blockKey(merged, frame, index);
    const block = merged.blocks.get(key);
    return { state: merged, writes: block === undefined ? [] : writeBlock(merged, key, block, this.policy) };
  }

  /** The plain window; kept only if the session contradicts itself. */
  private mergeWindow(state: TranscriptState | undefined, answer: FetchedWindow): MergedTranscript {
    if (state?.kind !== 'contradicted') return { state: state && withUnmerged(state, answer), writes: [] };
    const window = this.dated(answer, state);
    return { state: withWindow(state, window), writes: [writeWindow(state.epoch, window, this.policy)] };
  }

  /** Drops what was held of the session; the answer at hand is its first window. */
  private contradict(sessionId: string, answer: FetchedWindow): MergedTranscript {
    this.onContradiction(sessionId);
    const now = this.now();
    const epoch = `c${randomBytes(5).toString('hex')}`;
    const until = now + CONTRADICTED_MS;
    const empty: Contradicted = { kind: 'contradicted', epoch, askedAt: answer.askedAt, until, windows: new Map() };
    const window = this.dated(answer, undefined);
    const state = withWindow(empty, window);
    return { state, writes: [writeContradicted(state, now), writeWindow(epoch, window, this.policy)] };
  }

  private dated(answer: FetchedWindow, state: TranscriptState | undefined): HeldWindow {
    const newestAt = later(answer.messages.newestAt, state && newestOf(state));
    return { ...answer, lifetimeMs: heuristicLifetime(this.policy, answer.askedAt, newestAt) };
  }
}
