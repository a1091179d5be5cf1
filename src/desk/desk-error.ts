/** The problem codes (docs/api.md, "Errors") that a failed call to the desk can lead to. */
const deskErrorCodes = [
  'invalid-request',
  'session-not-found',
  'upstream-rate-limited',
  'upstream-rejected',
  'upstream-failed',
  'upstream-timeout',
  'unavailable',
] as const;

export type DeskErrorCode = (typeof deskErrorCodes)[number];

/** What clients may see of a failure. The rest stays in `cause`; Attempt logs why a call brought no answer. */
export interface DeskErrorDetails {
  /** The desk's own ErrorCode, if it answered with one. */
  readonly upstreamCode?: number | undefined;
  /** Milliseconds after which a call may succeed. */
  readonly retryAfterMs?: number | undefined;
}

/** One class per outcome of a call; `code` is its problem's code. Messages never quote the desk, a URL or content. */
export abstract class DeskError extends Error {
  abstract readonly code: DeskErrorCode;
  readonly upstreamCode: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: DeskErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.upstreamCode = details.upstreamCode;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** 141004: the desk found the request itself invalid. */
export class DeskInvalidRequestError extends DeskError {
  readonly code = 'invalid-request';
}

/** What was asked for does not exist at the desk. */
export class DeskNotFoundError extends DeskError {
  readonly code = 'session-not-found';
}

/** The desk limits calls, or our own quota had no room in time. */
export class DeskRateLimitedError extends DeskError {
  readonly code = 'upstream-rate-limited';
}

/** The desk limited this very call; otherwise an earlier one. */
export class DeskLimitedCallError extends DeskRateLimitedError {}

/** The desk refuses our credentials or configuration; an operator has to act. */
export class DeskRejectedError extends DeskError {
  readonly code = 'upstream-rejected';
}

/** The desk failed, gave a malformed answer, or could not be reached. */
export class DeskFailedError extends DeskError {
  readonly code = 'upstream-failed';
}

/** No answer in time. */
export class DeskTimeoutError extends DeskError {
  readonly code = 'upstream-timeout';
}

/** The call belonged to another request and took too long; it may not even have been sent. */
export class DeskJoinTimeoutError extends DeskTimeoutError {}

/** Not called: overload, open circuit breaker, lockout, shutdown. */
export class DeskUnavailableError extends DeskError {
  readonly code = 'unavailable';
}

/** The queue was too long, or every connection stayed in use. */
export class DeskBusyError extends DeskUnavailableError {}

/** Cancelled before it was sent, because no request waited for it any more: says nothing about the desk. */
export class DeskAbandonedError extends DeskUnavailableError {}

/** A call that was refused or cancelled because the service stops. */
export function shuttingDown(): DeskUnavailableError {
  return new DeskUnavailableError('shutting down', { retryAfterMs: 1000 });
}

export function abandoned(): DeskAbandonedError {
  return new DeskAbandonedError('nobody waits for this call any more', { retryAfterMs: 1000 });
}

const CLASSES = {
  'invalid-request': DeskInvalidRequestError,
  'session-not-found': DeskNotFoundError,
  'upstream-rate-limited': DeskRateLimitedError,
  'upstream-rejected': DeskRejectedError,
  'upstream-failed': DeskFailedError,
  'upstream-timeout': DeskTimeoutError,
  unavailable: DeskUnavailableError,
} as const satisfies Record<DeskErrorCode, unknown>;

export function isDeskErrorCode(code: unknown): code is DeskErrorCode {
  return deskErrorCodes.some((known) => known === code);
}

/** Creates the error from its code, when another replica reports how a call ended. */
export function deskErrorOf(code: DeskErrorCode, message: string, details: DeskErrorDetails): DeskError {
  return new CLASSES[code](message, details);
}
