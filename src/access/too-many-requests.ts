import { ProblemError } from '../problem/problem.js';

/** The caller's own limit is used up, and for how long. */
export function tooManyRequests(waitMs: number): ProblemError {
  const detail = 'You have used up your requests of this minute. Try again later.';
  return new ProblemError('too-many-requests', { detail, retryAfterMs: waitMs });
}
