import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { type DeskPage } from './desk-answer.js';
import { DeskAttemptError, type DeskClient, type DeskQuestion } from './desk-client.js';
import {
  type DeskError,
  DeskFailedError,
  DeskInvalidRequestError,
  DeskRejectedError,
  DeskSessionNotFoundError,
  DeskTimeoutError,
} from './desk-error.js';
import { type DeskReply } from './desk.js';
import { classify, isTransient, outcomeOf } from './error-code.js';
import { type Gate, type Pass } from './gate.js';
import { type SignatureTrial } from './signature-trial.js';
import { type Turnstile, type Visit } from './turnstile.js';
import { type UserSig } from './user-sig.js';

/** An attempt failed in a way that may pass; `final` is what it means where no attempt is left. */
export class DeskTryAgainError extends Error {
  override readonly name = 'DeskTryAgainError';

  constructor(
    readonly final: DeskError,
    /** A broken answer says nothing about whether the desk is well. */
    readonly isBroken: boolean,
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
  readonly attemptTimeoutMs: number;
  readonly now: Clock;
  readonly logger: Logger;
  /** Called after every call: the ErrorCode, or `timeout`, `network`, `broken`. */
  readonly onCall?: (code: string, durationMs: number) => void;
}

/** With less time than this left, another call would only cost the desk. */
const SHORTEST_ATTEMPT_MS = 10;

type Answer = { readonly page: DeskPage; readonly askedAt: number } | { readonly refusedCode: number };

/** One attempt to get a page: through the turnstile, with the current UserSig, once more with a new one if that helps. */
export class DeskAttempt {
  constructor(private readonly parts: DeskAttemptParts) {}

  /** @throws DeskTryAgainError, or the DeskError that asking again can't mend */
  async run(question: DeskQuestion, visit: Visit): Promise<DeskReply> {
    const { userSig, trial, now } = this.parts;
    if (visit.deadlineAt - now() < SHORTEST_ATTEMPT_MS) throw new DeskTimeoutError('the desk did not answer in time');
    const signature = userSig.current();
    const answer = await this.call(question, signature, visit);
    if ('page' in answer) return { ...answer.page, askedAt: answer.askedAt };

    const next = await trial.after(signature);
    if (next === undefined) throw await this.rejected(answer.refusedCode);
    let isAccepted = false;
    try {
      const second = await this.call(question, next.userSig, visit);
      isAccepted = 'page' in second;
      if ('page' in second) return { ...second.page, askedAt: second.askedAt };
      throw await this.rejected(second.refusedCode);
    } catch (error) {
      // Any other answer of the desk than a refusal means that the signature was good.
      isAccepted = !(error instanceof DeskRejectedError);
      throw error;
    } finally {
      next.settle(isAccepted);
    }
  }

  private async call(question: DeskQuestion, signature: string, visit: Visit): Promise<Answer> {
    const pass = await this.parts.turnstile.enter(visit);
    const { now, attemptTimeoutMs } = this.parts;
    const askedAt = now();
    const controller = new AbortController();
    const timer = setTimeout(
      () => {
        controller.abort();
      },
      Math.max(0, Math.min(attemptTimeoutMs, visit.deadlineAt - askedAt)),
    );
    try {
      const answer = await this.parts.client.ask(question, signature, controller.signal);
      this.parts.onCall?.(String(answer.code), now() - askedAt);
      if (answer.page === null) return await this.refusal(answer.code, pass);
      await this.parts.gate.answered(pass);
      return { page: answer.page, askedAt };
    } catch (error) {
      if (error instanceof DeskAttemptError) throw await this.failure(error, askedAt, pass, visit);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The desk answered with an ErrorCode: throws what it means, or returns it where a new signature may help. */
  private async refusal(code: number, pass: Pass): Promise<Answer> {
    const entry = classify(code);
    if (outcomeOf(entry) === 'rate-limited') throw await this.parts.gate.limited(pass, code);
    await this.parts.gate.answered(pass);
    if (entry.resign) return { refusedCode: code };
    switch (outcomeOf(entry)) {
      case 'invalid-request':
        throw new DeskInvalidRequestError('the desk found the request invalid', { upstreamCode: code });
      case 'session-not-found':
        throw new DeskSessionNotFoundError('no such session', { upstreamCode: code });
      case 'lockout':
        await this.parts.gate.lockedOut();
        throw await this.rejected(code);
      case 'rejected':
        throw await this.rejected(code);
      default: {
        const failed = new DeskFailedError('the desk failed', { upstreamCode: code });
        throw isTransient(entry) ? new DeskTryAgainError(failed, false) : failed;
      }
    }
  }

  private async failure(error: DeskAttemptError, askedAt: number, pass: Pass, visit: Visit): Promise<Error> {
    const { gate, onCall, now } = this.parts;
    onCall?.(error.kind, now() - askedAt);
    if (error.status === 429) return gate.limited(pass);
    await gate.undecided(pass);
    const cause = { cause: error };
    if (error.kind === 'timeout') {
      const timedOut = new DeskTimeoutError('the desk did not answer in time', {}, cause);
      return visit.deadlineAt - now() < SHORTEST_ATTEMPT_MS ? timedOut : new DeskTryAgainError(timedOut, false);
    }
    const failed = new DeskFailedError(error.message, {}, cause);
    const isFinal = error.status !== undefined && error.status < 500;
    return isFinal ? failed : new DeskTryAgainError(failed, error.kind === 'broken');
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
