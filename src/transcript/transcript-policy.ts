import { type FreshnessPolicy } from '../cache/freshness.js';

/** Full, quiet blocks of old messages are sealed: kept unasked for longer. Milliseconds. */
export interface TranscriptPolicy extends FreshnessPolicy {
  readonly sealedMs: number;
  /** A block counts as quiet when its newest message was this old as the desk gave it. */
  readonly sealAfterMs: number;
}

export function isQuiet(policy: TranscriptPolicy, askedAt: number, newestAt: number | undefined): boolean {
  return newestAt !== undefined && askedAt - newestAt >= policy.sealAfterMs;
}
