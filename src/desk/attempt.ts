import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { type AdmissionControl, type Permit } from './admission/admission.js';
import { type CallQueue } from './admission/call-queue.js';
import { type CallOptions } from './call-options.js';
import { type DeskCommand } from './commands/command.js';
import { type ErrorCodeEntry, errorOutcome, isTransient } from './commands/error-code.js';
import {
  DeskError,
  DeskFailedError,
  DeskInvalidRequestError,
  DeskNotFoundError,
  DeskRejectedError,
  DeskTimeoutError,
} from './desk-error.js';
import { DeskAttemptError, type DeskHttpClient } from './http-client.js';
import { untraced } from '../tracing/trace.js';
import { traceCall, traceTurn } from './attempt-span.js';
import { type ReSignVerdict, type SharedReSigning } from './user-sig/shared-re-signing.js';
import { type UserSig } from './user-sig/user-sig.js';

/** An answer, and when its call was sent (Unix milliseconds). */
export interface DeskReply<Answer> {
  readonly answer: Answer;
  readonly askedAt: number;
}

/** A temporary failure. `final` is the error for the caller when no attempt is left. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';

  constructor(
    readonly final: DeskError,
    /** Says nothing about the desk's health: a malformed answer, or less than half of the timeout was left. */
    readonly isInconclusive: boolean,
  ) {
    super('the attempt may be repeated', { cause: final });
  }
}

export interface AttemptParts {
  readonly client: DeskHttpClient;
  readonly queue: CallQueue;
  readonly admission: AdmissionControl;
  readonly userSig: UserSig;
  readonly reSigning: SharedReSigning;
  /** The attempt's timeout, never beyond the deadline. */
  readonly attemptTimeoutMs: number;
  readonly now: Clock;
  readonly logger: Logger;
  /** Called after every call with the ErrorCode, or `timeout`, `network`, `broken`. */
  readonly onCall?: (command: string, code: string, durationMs: number) => void;
}

/** A call with less time left could not be answered in time. */
const SHORTEST_ATTEMPT_MS = 10;

/** The result of one call: a reply, or an ErrorCode that a new signature may fix. */
type CallResult<Answer> =
  { readonly reply: DeskReply<Answer> } | { readonly refused: ErrorCodeEntry; readonly by: string };

/** One attempt: through the queue, with the current UserSig, and once more with a new one if the desk refused that. */
export class Attempt {
  constructor(private readonly parts: AttemptParts) {}

  /** @throws RetryableError, or a DeskError that a retry cannot help */
  async run<Request, Answer>(
    command: DeskCommand<Request, Answer>,
    request: Request,
    options: CallOptions,
  ): Promise<DeskReply<Answer>> {
    const remainingMs = () => options.deadlineAt - this.parts.now();
    if (remainingMs() < SHORTEST_ATTEMPT_MS) throw new DeskTimeoutError('the desk did not answer in time');
    const first = await this.call(command, request, options, false);
    if ('reply' in first) return first.reply;

    const second = await this.parts.reSigning.after(first.by, remainingMs());
    if (second === undefined) throw await this.rejected(first.refused);
    let verdict: ReSignVerdict = 'undecided';
    try {
      const result = await this.call(command, request, options, true);
      verdict = 'reply' in result ? 'accepted' : 'refused';
      if ('reply' in result) return result.reply;
      throw await this.rejected(result.refused);
    } catch (error) {
      if (verdict === 'undecided') verdict = verdictOf(error);
      throw error;
    } finally {
      second.settle(verdict);
    }
  }

  private async call<Request, Answer>(
    command: DeskCommand<Request, Answer>,
    request: Request,
    options: CallOptions,
    isReSigned: boolean,
  ): Promise<CallResult<Answer>> {
    const { queue, userSig, client, admission, attemptTimeoutMs, now } = this.parts;
    const permit = await traceTurn(command.name, () => queue.enter(command.name, options, isReSigned));
    const askedAt = now();
    // Read after the wait: the signature may have been renewed meanwhile.
    const signature = userSig.current();
    const cutOff = new AbortController();
    const timeMs = Math.max(0, Math.min(attemptTimeoutMs, options.deadlineAt - askedAt));
    const timer = setTimeout(() => {
      cutOff.abort();
    }, timeMs);
    let tookMs = attemptTimeoutMs;
    try {
      const send = () => client.call(command, request, { userSig: signature, signal: cutOff.signal });
      const result = await traceCall(command.name, isReSigned, send);
      tookMs = this.report(command.name, String(result.code), askedAt);
      if (result.answer === null) return await this.refusal(command.codes.classify(result.code), signature, permit);
      admission.accepted();
      await admission.answered(permit);
      return { reply: { answer: result.answer, askedAt } };
    } catch (error) {
      if (!(error instanceof DeskAttemptError)) throw error;
      tookMs = this.report(command.name, error.kind, askedAt);
      // A call that timed out would have taken longer: twice as long is an estimate.
      if (error.kind === 'timeout') tookMs = Math.min(tookMs * 2, attemptTimeoutMs);
      const isCutShort = error.kind === 'timeout' && timeMs < attemptTimeoutMs / 2;
      throw await this.failure(error, permit, isCutShort);
    } finally {
      clearTimeout(timer);
      // The caller does not wait for the queue to serve the next call.
      untraced(() => {
        queue.leave(tookMs);
      });
    }
  }

  private report(command: string, code: string, askedAt: number): number {
    const tookMs = this.parts.now() - askedAt;
    this.parts.onCall?.(command, code, tookMs);
    return tookMs;
  }

  /** The desk answered with an ErrorCode: throws the error it means, or returns it if a new signature may help. */
  private async refusal(entry: ErrorCodeEntry, signature: string, permit: Permit): Promise<CallResult<never>> {
    const { admission } = this.parts;
    const { code } = entry;
    const outcome = errorOutcome(entry);
    if (outcome === 'rate-limited') throw await admission.limited(permit, 'all', code);
    if (outcome === 'command-rate-limited') throw await admission.limited(permit, 'command', code);
    await admission.answered(permit);
    if (entry.reSign) return { refused: entry, by: signature };
    if (outcome === 'lockout') await admission.lockedOut();
    if (outcome === 'lockout' || outcome === 'rejected') throw await this.rejected(entry);
    admission.accepted();
    if (outcome === 'invalid-request') {
      throw new DeskInvalidRequestError('the desk found the request invalid', { upstreamCode: code });
    }
    if (outcome === 'not-found') throw new DeskNotFoundError('not found', { upstreamCode: code });
    const failed = new DeskFailedError('the desk failed', { upstreamCode: code });
    throw isTransient(entry) ? new RetryableError(failed, false) : failed;
  }

  private async failure(error: DeskAttemptError, permit: Permit, isCutShort: boolean): Promise<Error> {
    const { admission } = this.parts;
    if (error.status === 429) return admission.limited(permit, 'all');
    await admission.undecided(permit);
    const { kind, status, reason } = error;
    this.parts.logger.warn({ kind, status, reason }, 'a call to the desk brought no answer');
    const final =
      error.kind === 'timeout'
        ? new DeskTimeoutError('the desk did not answer in time', {}, { cause: error })
        : new DeskFailedError(error.message, {}, { cause: error });
    return error.isRetryable ? new RetryableError(final, isCutShort || error.kind === 'broken') : final;
  }

  /** The operator has to act: log it, and stop calling before the desk locks the account out. */
  private async rejected({ code, meaning, remedy }: ErrorCodeEntry): Promise<DeskError> {
    this.parts.logger.error(
      { upstreamCode: code, meaning, remedy },
      'the desk refuses our credentials or configuration',
    );
    await this.parts.admission.refused(code);
    return new DeskRejectedError('refused by the desk', { upstreamCode: code });
  }
}

/** Any ErrorCode that is not about the signature means that the signature was accepted. */
function verdictOf(error: unknown): ReSignVerdict {
  const outcome = error instanceof RetryableError ? error.final : error;
  if (!(outcome instanceof DeskError) || outcome.upstreamCode === undefined) return 'undecided';
  if (!(outcome instanceof DeskRejectedError)) return 'accepted';
  // With retryAfterMs the error comes from our own back-off, not from this call.
  return outcome.retryAfterMs === undefined ? 'refused' : 'undecided';
}
