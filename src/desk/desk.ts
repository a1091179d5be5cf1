import { DelegateBackoff, handleType, retry } from 'cockatiel';
import { type Clock } from '../clock.js';
import { type DeskAttempt, DeskTryAgainError } from './desk-attempt.js';
import { type DeskPage } from './desk-answer.js';
import { type DeskBreaker } from './desk-breaker.js';
import { type DeskQuestion } from './desk-client.js';
import { DeskError, DeskRejectedError, DeskTimeoutError, DeskUnavailableError } from './desk-error.js';
import { type Visit } from './turnstile.js';

/** A page, and when it was asked for. */
export interface DeskReply extends DeskPage {
  readonly askedAt: number;
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
    const { breaker } = this.parts;
    const restMs = breaker.enter();
    if (restMs > 0) throw new DeskUnavailableError('the desk keeps failing', { retryAfterMs: restMs });
    try {
      const reply = await this.askWithRetries(question, visit);
      breaker.succeeded();
      return reply;
    } catch (error) {
      throw this.conclude(error);
    }
  }

  private async askWithRetries(question: DeskQuestion, visit: Visit): Promise<DeskReply> {
    const { attempt, now, random, onAttempts } = this.parts;
    let attempts = 0;
    const policy = retry(handleType(DeskTryAgainError), {
      maxAttempts: RETRIES,
      // 50–100 ms, then 100–200 ms; never beyond the deadline, where the next attempt ends at once.
      backoff: new DelegateBackoff(({ attempt: nth }) =>
        Math.max(0, Math.min(FIRST_PAUSE_MS * nth * (1 + random()), visit.deadlineAt - now())),
      ),
    });
    try {
      return await policy.execute(() => {
        attempts += 1;
        return attempt.run(question, visit);
      });
    } finally {
      onAttempts?.(attempts);
    }
  }

  /** Tells the breaker what it has to know, and unwraps what the retries gave up on. */
  private conclude(error: unknown): unknown {
    const { breaker } = this.parts;
    if (error instanceof DeskTryAgainError) {
      if (error.isBroken) breaker.neither();
      else breaker.failed();
      return error.final;
    }
    if (error instanceof DeskTimeoutError) breaker.failed();
    else if (isAnswer(error)) breaker.succeeded();
    else breaker.neither();
    return error;
  }
}

/**
 * The desk itself said so, with an ErrorCode: it works, whatever it thinks of the question. A refusal with a time to come
 * back was not said by the desk but repeated by us.
 */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof DeskError) || error.upstreamCode === undefined) return false;
  return !(error instanceof DeskRejectedError && error.retryAfterMs !== undefined);
}
