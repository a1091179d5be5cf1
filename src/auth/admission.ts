import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type ReadAttempt } from '../logging/request-context.js';
import { ProblemError } from '../problem/problem.js';
import { type Authenticator } from './authenticator.js';
import { type CallerLimit } from './caller-limit.js';
import { type Guarded, guardedPath } from './guarded-path.js';

export interface AdmissionRules {
  readonly authenticator: Authenticator;
  /** undefined where callers are not limited. */
  readonly limit: CallerLimit | undefined;
  readonly areMetricsOpen: boolean;
  /** What a caller over the limit asked for, which is audited like any other read. */
  readonly refusedRead: (request: FastifyRequest) => ReadAttempt | undefined;
}

type Refusal = ProblemError | undefined;

/**
 * Nobody gets past here unknown or over the own limit: before the input is looked at, the body read or the page looked up.
 */
export function admitCallers(fastify: FastifyInstance, rules: AdmissionRules): void {
  const { authenticator, areMetricsOpen } = rules;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const guarded = guardedPath(request);
    if (guarded === undefined || (guarded === 'metrics' && areMetricsOpen)) {
      done();
      return;
    }
    const caller = authenticator.rememberedCallerOf(request.raw) ?? authenticator.callerOf(request.raw);
    const refusal =
      caller instanceof Promise
        ? caller.then((name) => admit(request, guarded, name, rules))
        : admit(request, guarded, caller, rules);
    if (refusal instanceof Promise) refusal.then(done, done);
    else done(refusal);
  });
}

function admit(
  request: FastifyRequest,
  guarded: Guarded,
  caller: string | undefined,
  { limit, refusedRead }: AdmissionRules,
): Refusal | Promise<Refusal> {
  if (caller === undefined) return unauthorized(request);
  const { context } = request;
  context.caller = caller;
  if (guarded !== 'sessions' || limit === undefined) return undefined;
  return limit.take(request.raw, caller).then((waitMs) => {
    if (waitMs === 0) return undefined;
    const read = refusedRead(request);
    if (read !== undefined) context.read = read;
    return tooManyRequests(waitMs);
  });
}

/** The same words for every reason. */
function unauthorized({ headers }: FastifyRequest): ProblemError {
  const wasWrong = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
  const challenge = `Bearer realm="desk-bff"${wasWrong ? ', error="invalid_token"' : ''}`;
  const detail = 'This needs valid credentials.';
  return new ProblemError('unauthorized', { detail, headers: { 'www-authenticate': challenge } });
}

function tooManyRequests(waitMs: number): ProblemError {
  const detail = 'You have used up your requests of this minute. Try again later.';
  return new ProblemError('too-many-requests', { detail, retryAfterMs: waitMs });
}
