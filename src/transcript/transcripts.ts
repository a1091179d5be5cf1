import { Cache, type CacheOptions } from '../cache/cache.js';
import { type Desk } from '../desk/desk.js';
import { TranscriptMerger, type TranscriptUpdate } from './merge.js';
import { Fetcher, nextStep } from './plan.js';
import { type TranscriptQuery } from './query.js';
import { restore } from './restore.js';
import { askedAt, byteLengthOf, partsOf, type TranscriptState, trim } from './state.js';
import { storedNames } from './stored-transcript.js';
import { type TranscriptPolicy } from './log.js';
import { type TranscriptView, viewOf } from './view.js';

export interface TranscriptsOptions extends CacheOptions {
  readonly desk: Pick<Desk, 'call'>;
  readonly policy: TranscriptPolicy;
  readonly onContradiction: (sessionId: string) => void;
}

/** The messages of sessions: a log of blocks, or single windows if a session contradicts itself (ADR 2). */
export class Transcripts extends Cache<TranscriptQuery, TranscriptState, TranscriptUpdate, TranscriptView> {
  constructor(options: TranscriptsOptions) {
    const { desk, policy, now, onContradiction } = options;
    const fetcher = new Fetcher(desk, now);
    const merger = new TranscriptMerger(policy, now, onContradiction);
    super(
      {
        view: viewOf,
        next: (id, query, state, context) => nextStep(fetcher, id, query, state, context),
        merge: (id, state, update) => merger.merge(id, state, update),
        restore,
        storedNames,
        askedAt,
        parts: partsOf,
        byteLength: byteLengthOf,
        trim,
      },
      options,
    );
  }
}
