import { RateLimiterRes } from 'rate-limiter-flexible';

export interface LimitOutcome {
  readonly isRefused: boolean;
  /** How often the caller asked in this minute; 0 where it was refused without being counted. */
  readonly consumed: number;
  /** Milliseconds until the minute is over. */
  readonly restMs: number;
}

/** The library rejects with what it resolves with, and with errors: this tells the two apart. */
export async function outcomeOf(consumption: Promise<RateLimiterRes>): Promise<LimitOutcome> {
  try {
    return read(await consumption, false);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    return read(refusal, true);
  }
}

export function waitOf({ isRefused, restMs }: LimitOutcome): number {
  return isRefused ? restMs : 0;
}

function read({ consumedPoints, msBeforeNext }: RateLimiterRes, isRefused: boolean): LimitOutcome {
  return { isRefused, consumed: consumedPoints, restMs: Math.max(1, msBeforeNext) };
}
