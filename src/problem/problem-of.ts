import { HttpException } from '@nestjs/common';
import { DeskError, type DeskErrorCode } from '../desk/desk-error.js';
import { ProblemError, type ProblemDetails } from './problem.js';

/** The detail for clients. Texts of the desk are never passed on. */
export const DESK_DETAILS: Readonly<Record<DeskErrorCode, string>> = {
  'invalid-request': 'The desk found the request invalid.',
  'session-not-found': 'The desk does not know this session.',
  'upstream-rate-limited': 'The desk limits calls, or its quota was not free in time. Try again later.',
  'upstream-rejected': 'The desk refuses the credentials or the configuration of this service. An operator has to act.',
  'upstream-failed': 'The desk failed, or its answer was broken.',
  'upstream-timeout': 'The desk did not answer in time.',
  unavailable: 'The desk is not asked at the moment. Try again later.',
};

const RATE_LIMITED_MS = 1000;

/** The only place that maps errors to HTTP answers. An unknown error is a bug: 500. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof DeskError) return deskProblem(error);
  const status = statusOf(error);
  // Only the webhook parses a body, whatever its Content-Type: 415 means that the path or method is unknown.
  if (status === 404 || status === 415)
    return new ProblemError('not-found', { detail: 'There is nothing at this path.' });
  if (status === 413 || status === 414 || status === 431) {
    return new ProblemError('invalid-request', { status, detail: 'The request is too large.' }, { cause: error });
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new ProblemError('invalid-request', { detail: 'The request could not be read.' }, { cause: error });
  }
  if (status === 503) return unavailable(error);
  return new ProblemError('internal', { detail: 'Something went wrong inside the service.' }, { cause: error });
}

function deskProblem(error: DeskError): ProblemError {
  const { code, upstreamCode, retryAfterMs } = error;
  const needsRetryAfter = code === 'upstream-rate-limited' || code === 'unavailable';
  const details: ProblemDetails = {
    detail: DESK_DETAILS[code],
    upstreamCode,
    retryAfterMs: retryAfterMs ?? (needsRetryAfter ? RATE_LIMITED_MS : undefined),
  };
  return new ProblemError(code, details, { cause: error });
}

function unavailable(cause: unknown): ProblemError {
  const detail = 'The service is overloaded or shutting down. Try again later.';
  return new ProblemError('unavailable', { detail, retryAfterMs: 1000 }, { cause });
}

/** Nest's and Fastify's own errors carry the status they would have answered with. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}
