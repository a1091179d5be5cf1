import { type Clock } from '../clock.js';
import {
  DeskAbandonedError,
  DeskBusyError,
  type DeskError,
  DeskJoinTimeoutError,
  DeskLimitedCallError,
  DeskRateLimitedError,
} from '../desk/desk-error.js';

export interface WaitOptions {
  /** The longest time without a call; after that the work fails. */
  readonly maxWaitMs: number;
  readonly now: Clock;
  readonly signal: AbortSignal;
}

/** The error may say 0 ms when only our own quota was used up. */
const SHORTEST_PAUSE_MS = 50;

/**
 * Repeats work for as long as it only has to wait for its turn or for a rate limit to pass, and passes it the remaining
 * time. Each call that is sent starts that time again, also one that the desk limits.
 * @throws DeskError
 */
export async function retryWhileLimited<T>(
  work: (leftMs: number) => Promise<T>,
  { maxWaitMs, now, signal }: WaitOptions,
): Promise<T> {
  let since = now();
  for (;;) {
    try {
      return await work(since + maxWaitMs - now());
    } catch (error) {
      if (!isWaiting(error)) throw error;
      if (error instanceof DeskLimitedCallError) since = now();
      const leftMs = since + maxWaitMs - now();
      if (leftMs <= 0) throw error;
      await pause(Math.min(Math.max(error.retryAfterMs ?? 0, SHORTEST_PAUSE_MS), leftMs), signal);
    }
  }
}

function isWaiting(error: unknown): error is DeskError {
  return [DeskRateLimitedError, DeskBusyError, DeskJoinTimeoutError].some((kind) => error instanceof kind);
}

/** With the global timer, which tests can fake; the one of `node:timers/promises` cannot be. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      reject(new DeskAbandonedError('the client has gone', {}, { cause: signal.reason }));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    }, ms);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
  });
}
