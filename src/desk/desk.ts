import { DelegateBackoff, handleWhen, retry } from 'cockatiel';
import { type Clock } from '../clock.js';
import { type DeskAttempt, DeskTryAgainError } from './desk-attempt.js';
import { type DeskPage } from './desk-answer.js';
import { type DeskBreaker } from './desk-breaker.js';
import { DeskAttemptError, type DeskQuestion } from './desk-client.js';
import {
  DeskAbandonedError,
  DeskError,
  DeskFailedError,
  DeskRejectedError,
  DeskUnavailableError,
} from './desk-error.js';
import { type Visit } from './turnstile.js';

/** A page, and when it was asked for. */
export interface DeskReply extends DeskPage {
  readonly askedAt: number;
}

/** What became of the attempts of one request. */
interface Tally {
  attempts: number;
  /** Whether one of them failed through the desk; a time-out because the request came late is no fault of its own. */
  hasFailed: boolean;
}

const RETRIES = 2;
const FIRST_PAUSE_MS = 50;

export interface DeskParts {
  readonly attempt: DeskAttempt;
  readonly breaker: DeskBreaker;
  readonly now: Clock;
  readonly random: () => number;
  readonly onAttempts?: (attempts: number) => void;
}

/**
 * The desk, asked with care: what fails in passing is tried again inside the deadline, and a desk that keeps failing is
 * left alone for a moment. Everything else ends in exactly one DeskError.
 */
export class Desk {
  constructor(private readonly parts: DeskParts) {}

  /** @throws DeskError */
  async ask(question: DeskQuestion, visit: Visit): Promise<DeskReply> {
    const entrance = this.parts.breaker.enter();
    if (entrance.kind === 'open') {
      throw new DeskUnavailableError('the desk keeps failing', { retryAfterMs: entrance.restMs });
    }
    const tally: Tally = { attempts: 0, hasFailed: false };
    try {
      const reply = await this.askWithRetries(question, visit, tally);
      this.parts.breaker.succeeded(entrance.isTrial);
      return reply;
    } catch (error) {
      throw this.conclude(error, entrance.isTrial, tally.hasFailed);
    } finally {
      this.parts.onAttempts?.(tally.attempts);
    }
  }

  private async askWithRetries(question: DeskQuestion, visit: Visit, tally: Tally): Promise<DeskReply> {
    const { attempt, now, random } = this.parts;
    let pauseMs = 0;
    // 50–100 ms, then 100–200 ms; where the deadline leaves no room for that, what failed has failed.
    const mayTryAgain = (error: Error) => {
      if (!(error instanceof DeskTryAgainError)) return false;
      if (!error.saysNothing) tally.hasFailed = true;
      pauseMs = FIRST_PAUSE_MS * tally.attempts * (1 + random());
      return visit.deadlineAt - now() > pauseMs;
    };
    const policy = retry(handleWhen(mayTryAgain), {
      maxAttempts: RETRIES,
      backoff: new DelegateBackoff(() => pauseMs),
    });
    return policy.execute(() => {
      tally.attempts += 1;
      return attempt.run(question, visit);
    });
  }

  /** Tells the breaker what it has to know, and unwraps what the retries gave up on. */
  private conclude(error: unknown, isTrial: boolean, hasFailed: boolean): unknown {
    const { breaker } = this.parts;
    if (isAnswer(error)) breaker.succeeded(isTrial);
    else if (error instanceof DeskAbandonedError) breaker.neither(isTrial);
    else if (hasFailed || isFailure(error)) breaker.failed(isTrial);
    else breaker.neither(isTrial);
    return error instanceof DeskTryAgainError ? error.final : error;
  }
}

/** No connection: nothing came that another attempt could mend. */
function isFailure(error: unknown): boolean {
  return (
    error instanceof DeskFailedError && error.cause instanceof DeskAttemptError && error.cause.status === undefined
  );
}

/**
 * The desk itself said so, with an ErrorCode: it works, whatever it thinks of the question. A refusal with a time to come
 * back was not said by the desk but repeated by us.
 */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DeskError) || error.upstreamCode === undefined) return false;
  return !(error instanceof DeskRejectedError && error.retryAfterMs !== undefined);
}
