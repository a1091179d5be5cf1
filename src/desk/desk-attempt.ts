import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { type DeskPage } from './desk-answer.js';
import { DeskAttemptError, type DeskClient, type DeskQuestion } from './desk-client.js';
import {
  DeskError,
  DeskFailedError,
  DeskInvalidRequestError,
  DeskRejectedError,
  DeskSessionNotFoundError,
  DeskTimeoutError,
} from './desk-error.js';
import { type DeskReply } from './desk.js';
import { classify, isTransient, outcomeOf } from './error-code.js';
import { type Gate, type Pass } from './gate.js';
import { type SignatureTrial, type Verdict } from './signature-trial.js';
import { type Turnstile, type Visit } from './turnstile.js';
import { type UserSig } from './user-sig.js';

/** An attempt failed in a way that may pass; `final` is what it means where no attempt is left. */
export class DeskTryAgainError extends Error {
  override readonly name = 'DeskTryAgainError';

  constructor(
    readonly final: DeskError,
    /** Of whether the desk is well: an answer that was broken, or cut off before it had half of its usual time. */
    readonly saysNothing: boolean,
  ) {
    super('the attempt may be repeated', { cause: final });
  }
}

export interface DeskAttemptParts {
  readonly client: DeskClient;
  readonly turnstile: Turnstile;
  readonly gate: Gate;
  readonly userSig: UserSig;
  readonly trial: SignatureTrial;
  /** Not beyond the whole deadline. */
  readonly attemptTimeoutMs: number;
  readonly now: Clock;
  readonly logger: Logger;
  /** Called after every call: the ErrorCode, or `timeout`, `network`, `broken`. */
  readonly onCall?: (code: string, durationMs: number) => void;
}

/** With less time than this left, another call would only cost the desk. */
const SHORTEST_ATTEMPT_MS = 10;

type Answer = { readonly page: DeskPage; readonly askedAt: number } | { readonly refused: number; readonly by: string };

/** One attempt to get a page: through the turnstile, with the current UserSig, once more with a new one if that helps. */
export class DeskAttempt {
  constructor(private readonly parts: DeskAttemptParts) {}

  /** @throws DeskTryAgainError, or the DeskError that asking again can't mend */
  async run(question: DeskQuestion, visit: Visit): Promise<DeskReply> {
    const restMs = () => visit.deadlineAt - this.parts.now();
    if (restMs() < SHORTEST_ATTEMPT_MS) throw new DeskTimeoutError('the desk did not answer in time');
    const first = await this.call(question, visit, false);
    if ('page' in first) return { ...first.page, askedAt: first.askedAt };

    const again = await this.parts.trial.after(first.by, restMs());
    if (again === undefined) throw await this.rejected(first.refused);
    let verdict: Verdict = 'undecided';
    try {
      const second = await this.call(question, visit, true);
      verdict = 'page' in second ? 'accepted' : 'refused';
      if ('page' in second) return { ...second.page, askedAt: second.askedAt };
      throw await this.rejected(second.refused);
    } catch (error) {
      if (verdict === 'undecided') verdict = verdictOf(error);
      throw error;
    } finally {
      again.settle(verdict);
    }
  }

  private async call(question: DeskQuestion, visit: Visit, isAgain: boolean): Promise<Answer> {
    const { turnstile, userSig, client, gate, attemptTimeoutMs, now } = this.parts;
    const pass = await turnstile.enter(visit, isAgain);
    const askedAt = now();
    // Only now: whoever waited long would else come with a signature that was refused meanwhile.
    const signature = userSig.current();
    const cutOff = new AbortController();
    const timeMs = Math.max(0, Math.min(attemptTimeoutMs, visit.deadlineAt - askedAt));
    const timer = setTimeout(() => {
      cutOff.abort();
    }, timeMs);
    let tookMs = attemptTimeoutMs;
    try {
      const answer = await client.ask(question, signature, cutOff.signal);
      tookMs = this.tell(String(answer.code), askedAt);
      if (answer.page === null) return await this.refusal(answer.code, signature, pass);
      gate.accepted();
      await gate.answered(pass);
      return { page: answer.page, askedAt };
    } catch (error) {
      if (!(error instanceof DeskAttemptError)) throw error;
      tookMs = this.tell(error.kind, askedAt);
      // What was cut off would have taken longer, nobody knows how much.
      if (error.kind === 'timeout') tookMs = Math.min(tookMs * 2, attemptTimeoutMs);
      const isCutShort = error.kind === 'timeout' && timeMs < attemptTimeoutMs / 2;
      throw await this.failure(error, pass, isCutShort);
    } finally {
      clearTimeout(timer);
      turnstile.leave(tookMs);
    }
  }

  private tell(code: string, askedAt: number): number {
    const tookMs = this.parts.now() - askedAt;
    this.parts.onCall?.(code, tookMs);
    return tookMs;
  }

  /** The desk answered with an ErrorCode: throws what it means, or returns it where a new signature may help. */
  private async refusal(code: number, signature: string, pass: Pass): Promise<Answer> {
    const { gate } = this.parts;
    const entry = classify(code);
    const outcome = outcomeOf(entry);
    if (outcome === 'rate-limited') throw await gate.limited(pass, code);
    await gate.answered(pass);
    if (entry.resign) return { refused: code, by: signature };
    if (outcome === 'lockout') await gate.lockedOut();
    if (outcome === 'lockout' || outcome === 'rejected') throw await this.rejected(code);
    gate.accepted();
    if (outcome === 'invalid-request') {
      throw new DeskInvalidRequestError('the desk found the request invalid', { upstreamCode: code });
    }
    if (outcome === 'session-not-found') throw new DeskSessionNotFoundError('no such session', { upstreamCode: code });
    const failed = new DeskFailedError('the desk failed', { upstreamCode: code });
    throw isTransient(entry) ? new DeskTryAgainError(failed, false) : failed;
  }

  private async failure(error: DeskAttemptError, pass: Pass, isCutShort: boolean): Promise<Error> {
    const { gate } = this.parts;
    if (error.status === 429) return gate.limited(pass);
    await gate.undecided(pass);
    const final =
      error.kind === 'timeout'
        ? new DeskTimeoutError('the desk did not answer in time', {}, { cause: error })
        : new DeskFailedError(error.message, {}, { cause: error });
    return error.mayPass ? new DeskTryAgainError(final, isCutShort || error.kind === 'broken') : final;
  }

  /** The operator has to act: say so in the log, and leave the desk alone before it locks us out. */
  private async rejected(code: number): Promise<DeskError> {
    const { meaning, remedy } = classify(code);
    this.parts.logger.error(
      { upstreamCode: code, meaning, remedy },
      'the desk refuses our credentials or configuration',
    );
    await this.parts.gate.refused(code);
    return new DeskRejectedError('refused by the desk', { upstreamCode: code });
  }
}

/** An answer about something else than the signature means that the signature was good. */
function verdictOf(error: unknown): Verdict {
  const outcome = error instanceof DeskTryAgainError ? error.final : error;
  if (!(outcome instanceof DeskError) || outcome.upstreamCode === undefined) return 'undecided';
  if (!(outcome instanceof DeskRejectedError)) return 'accepted';
  // With a time to come back it was not said by the desk but repeated by us.
  return outcome.retryAfterMs === undefined ? 'refused' : 'undecided';
}
