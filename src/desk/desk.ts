import { type Clock } from '../clock.js';
import { type CircuitBreaker } from './admission/circuit-breaker.js';
import { type Attempt, type DeskReply, RetryableError } from './attempt.js';
import { type CallOptions } from './call-options.js';
import { type DeskCommand } from './commands/command.js';
import { DeskError, DeskFailedError, DeskRejectedError, DeskUnavailableError } from './desk-error.js';
import { DeskAttemptError } from './http-client.js';

/** The result of all attempts of one call. */
interface Tally {
  attempts: number;
  /** At least one attempt failed because of the desk: neither inconclusive nor short of time. */
  hasFailed: boolean;
}

/** 50–100 ms before the second attempt, 100–200 ms before the third. */
const SHORTEST_PAUSES_MS = [50, 100];

export interface DeskParts {
  readonly attempt: Attempt;
  readonly breaker: CircuitBreaker;
  readonly now: Clock;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly random: () => number;
  readonly onAttempts?: (attempts: number) => void;
}

/**
 * Calls the desk with retries and a circuit breaker. Temporary failures are retried within the deadline; a desk that
 * keeps failing is not called for a moment. A failed call ends in exactly one DeskError.
 */
export class Desk {
  constructor(private readonly parts: DeskParts) {}

  /** @throws DeskError */
  async call<Request, Answer>(
    command: DeskCommand<Request, Answer>,
    request: Request,
    options: CallOptions,
  ): Promise<DeskReply<Answer>> {
    const entrance = this.parts.breaker.enter();
    if (entrance.kind === 'open') {
      throw new DeskUnavailableError('the desk keeps failing', { retryAfterMs: entrance.remainingMs });
    }
    const tally: Tally = { attempts: 0, hasFailed: false };
    try {
      const reply = await this.callWithRetries(command, request, options, tally);
      this.parts.breaker.succeeded(entrance.isHalfOpen);
      return reply;
    } catch (error) {
      throw this.conclude(error, entrance.isHalfOpen, tally.hasFailed);
    } finally {
      this.parts.onAttempts?.(tally.attempts);
    }
  }

  private async callWithRetries<Request, Answer>(
    command: DeskCommand<Request, Answer>,
    request: Request,
    options: CallOptions,
    tally: Tally,
  ): Promise<DeskReply<Answer>> {
    const { attempt, now, sleep, random } = this.parts;
    for (;;) {
      const shortestMs = SHORTEST_PAUSES_MS[tally.attempts];
      tally.attempts += 1;
      try {
        return await attempt.run(command, request, options);
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        if (!error.isInconclusive) tally.hasFailed = true;
        if (shortestMs === undefined) throw error;
        const pauseMs = shortestMs * (1 + random());
        if (options.deadlineAt - now() <= pauseMs) throw error;
        await sleep(pauseMs);
        await options.beforeRetry?.();
      }
    }
  }

  /** Reports the outcome to the circuit breaker, and unwraps the error of the last attempt. */
  private conclude(error: unknown, isHalfOpen: boolean, hasFailed: boolean): unknown {
    const { breaker } = this.parts;
    if (isAnswer(error)) breaker.succeeded(isHalfOpen);
    else if (hasFailed || isFailure(error)) breaker.failed(isHalfOpen);
    else breaker.inconclusive(isHalfOpen);
    return error instanceof RetryableError ? error.final : error;
  }
}

/** No connection. Not retryable, but a failure of the desk. */
function isFailure(error: unknown): boolean {
  return (
    error instanceof DeskFailedError && error.cause instanceof DeskAttemptError && error.cause.status === undefined
  );
}

/**
 * The desk answered with an ErrorCode, so it works. A rejection with `retryAfterMs` does not count: it comes from our
 * own back-off, not from the desk.
 */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DeskError) || error.upstreamCode === undefined) return false;
  return !(error instanceof DeskRejectedError && error.retryAfterMs !== undefined);
}
