import { randomBytes } from 'node:crypto';
import { heuristicLifetime } from '../cache/freshness.js';
import { type Merged } from '../cache/resource.js';
import { type Clock } from '../clock.js';
import { blockKey, type Frame, type Log, type TranscriptPolicy, withStray } from './log.js';
import { CONTRADICTED_MS, mergeBlock, mergeHead, withDoubtedHead } from './merge-log.js';
import {
  type Contradicted,
  later,
  logOf,
  newestOf,
  type TranscriptState,
  type WindowAnswer,
  withWindow,
} from './state.js';
import { writeBlock, writeContradicted, writeLog, writeWindow } from './stored-transcript.js';
import { type Answer } from './query.js';

/** What one call brought. A block was asked for in terms of the log as it was then. */
export type TranscriptUpdate =
  | { readonly kind: 'head'; readonly answer: Answer }
  | {
      readonly kind: 'block';
      readonly log: Log;
      readonly frame: Frame;
      readonly index: number;
      readonly answer: Answer;
    }
  | { readonly kind: 'window'; readonly answer: Answer };

type BlockUpdate = TranscriptUpdate & { readonly kind: 'block' };
type MergedTranscript = Merged<TranscriptState>;

/** Takes in what the desk answered about a session. */
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

  private mergeHead(sessionId: string, log: Log | undefined, answer: Answer): MergedTranscript {
    const merged = mergeHead(log, answer, this.policy);
    if (merged === 'contradiction') return this.contradict(sessionId, answer);
    return { state: merged, writes: [writeLog(merged, this.policy)] };
  }

  /** Nothing new where the session grew meanwhile, so that nobody can tell where these messages belong. */
  private mergeBlock(sessionId: string, state: TranscriptState | undefined, update: BlockUpdate): MergedTranscript {
    const known = logOf(state);
    if (known === undefined) return { state, writes: [] };
    const { log: asked, frame, index, answer } = update;
    const merged = mergeBlock(known, asked, frame, index, answer, this.policy);
    if (merged === 'misfit') return { state, writes: [] };
    if (merged === 'shrunk') return { state: withDoubtedHead(known), writes: [] };
    if (merged === 'contradiction') return this.contradict(sessionId, answer);
    const key = blockKey(merged, frame, index);
    const block = merged.blocks.get(key);
    return { state: merged, writes: block === undefined ? [] : writeBlock(merged, key, block, this.policy) };
  }

  /** The window as it is; kept only where the session contradicts itself. */
  private mergeWindow(state: TranscriptState | undefined, answer: Answer): MergedTranscript {
    if (state?.kind !== 'contradicted') return { state: state && withStray(state, answer), writes: [] };
    const window = this.dated(answer, state);
    return { state: withWindow(state, window), writes: [writeWindow(state.epoch, window, this.policy)] };
  }

  /** What was held of the session is dropped; the answer at hand is its first window. */
  private contradict(sessionId: string, answer: Answer): MergedTranscript {
    this.onContradiction(sessionId);
    const now = this.now();
    const epoch = `c${randomBytes(5).toString('hex')}`;
    const until = now + CONTRADICTED_MS;
    const empty: Contradicted = { kind: 'contradicted', epoch, askedAt: answer.askedAt, until, windows: new Map() };
    const window = this.dated(answer, undefined);
    const state = withWindow(empty, window);
    return { state, writes: [writeContradicted(state, now), writeWindow(epoch, window, this.policy)] };
  }

  private dated(answer: Answer, state: TranscriptState | undefined): WindowAnswer {
    const newestAt = later(answer.messages.newestAt, state && newestOf(state));
    return { ...answer, lifetimeMs: heuristicLifetime(this.policy, answer.askedAt, newestAt) };
  }
}
