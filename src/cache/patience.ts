import { type Clock } from '../clock.js';
import {
  DeskAbandonedError,
  DeskBusyError,
  type DeskError,
  DeskJoinTimeoutError,
  DeskLimitedCallError,
  DeskRateLimitedError,
} from '../desk/desk-error.js';

export interface Patience {
  /** So long without a call is a failure; until then it is waiting. */
  readonly patienceMs: number;
  readonly now: Clock;
  readonly signal: AbortSignal;
}

/** The time to come back may be 0 where only the own quota was spent. */
const SHORTEST_PAUSE_MS = 50;

/**
 * Does work, with the time that is left for waiting, again for as long as it only has to wait, for its turn or for a rate limit to pass. Each call that goes out
 * begins the time anew, also one that the desk limits.
 *
 * @throws DeskError
 */
export async function patiently<T>(
  work: (leftMs: number) => Promise<T>,
  { patienceMs, now, signal }: Patience,
): Promise<T> {
  let since = now();
  for (;;) {
    try {
      return await work(since + patienceMs - now());
    } catch (error) {
      if (!isWaiting(error)) throw error;
      if (error instanceof DeskLimitedCallError) since = now();
      const leftMs = since + patienceMs - now();
      if (leftMs <= 0) throw error;
      await pause(Math.min(Math.max(error.retryAfterMs ?? 0, SHORTEST_PAUSE_MS), leftMs), signal);
    }
  }
}

function isWaiting(error: unknown): error is DeskError {
  return [DeskRateLimitedError, DeskBusyError, DeskJoinTimeoutError].some((kind) => error instanceof kind);
}

/** With the timer that tests can wind forward: that of `node:timers/promises` is no such one. */
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
