import { type Clock, MAX_TIMER_MS } from '../clock.js';
import {
  DeskAbandonedError,
  DeskBusyError,
  type DeskError,
  DeskJoinTimeoutError,
  DeskLimitedCallError,
  DeskRateLimitedError,
  shuttingDown,
} from '../desk/desk-error.js';
import { type Environment } from '../environment.js';

export interface WaitOptions {
  /** The longest time without a call; after that the work fails. */
  readonly maxWaitMs: number;
  readonly now: Clock;
  readonly signal: AbortSignal;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
}

/** How many times the longest cool-down a background read waits: one has to end, then the call waits for its turn. */
const COOL_DOWNS = 1.5;
/** The error may say 0 ms when only our own quota was used up. */
const SHORTEST_PAUSE_MS = 50;

/** How long a file or a stream may go without a call to the desk before its read fails. */
export function backgroundMaxWaitMs({ deskCooldownMaxMs }: Pick<Environment, 'deskCooldownMaxMs'>): number {
  return Math.min(deskCooldownMaxMs * COOL_DOWNS, MAX_TIMER_MS);
}

/**
 * Repeats work for as long as it only has to wait for its turn or for a rate limit to pass, and passes it the remaining
 * time. Each call that is sent starts that time again, also one that the desk limits. A stop of the service ends it.
 * @throws DeskError
 */
export async function retryWhileLimited<T>(
  work: (leftMs: number) => Promise<T>,
  { maxWaitMs, now, signal, stopping }: WaitOptions,
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
      await pause(Math.min(Math.max(error.retryAfterMs ?? 0, SHORTEST_PAUSE_MS), leftMs), signal, stopping);
    }
  }
}

function isWaiting(error: unknown): error is DeskError {
  return [DeskRateLimitedError, DeskBusyError, DeskJoinTimeoutError].some((kind) => error instanceof kind);
}

/** With the global timer, which tests can fake; the one of `node:timers/promises` cannot be. */
async function pause(ms: number, signal: AbortSignal, stopping: AbortSignal): Promise<void> {
  // Not AbortSignal.any: what it makes stays with a signal that lives as long as the process.
  const ends = [signal, stopping];
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resume, ms);
    function resume(): void {
      clearTimeout(timer);
      for (const end of ends) end.removeEventListener('abort', resume);
      resolve();
    }
    for (const end of ends) end.addEventListener('abort', resume);
    if (ends.some(({ aborted }) => aborted)) resume();
  });
  if (signal.aborted) throw new DeskAbandonedError('the client has gone', {}, { cause: signal.reason });
  if (stopping.aborted) throw shuttingDown();
}
