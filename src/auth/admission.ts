import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { ProblemError } from '../problem/problem.js';
import { type Authenticator } from './authenticator.js';
import { type CallerLimit } from './caller-limit.js';
import { type Guarded, guardedPath } from './guarded-path.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** How long the caller's own limit makes this request wait, in milliseconds; 0: it may pass. Never rejects. */
    allowance: Promise<number> | undefined;
  }
}

export interface AdmissionRules {
  readonly authenticator: Authenticator;
  /** undefined where callers are not limited. */
  readonly limit: CallerLimit | undefined;
  readonly areMetricsOpen: boolean;
}

/** Nobody gets past here unknown: before the input is looked at, the body read or the page looked up. */
export function admitCallers(fastify: FastifyInstance, rules: AdmissionRules): void {
  const { authenticator, limit, areMetricsOpen } = rules;
  const admit = (request: FastifyRequest, guarded: Guarded, caller: string | undefined) => {
    if (caller === undefined) return unauthorized(request);
    request.context.caller = caller;
    if (guarded === 'sessions') request.allowance = limit?.take(request.raw, caller);
    return undefined;
  };
  fastify.decorateRequest('allowance');
  fastify.addHook('onRequest', (request, _reply, done) => {
    const guarded = guardedPath(request);
    if (guarded === undefined || (guarded === 'metrics' && areMetricsOpen)) {
      done();
      return;
    }
    const caller = authenticator.rememberedCallerOf(request.raw) ?? authenticator.callerOf(request.raw);
    if (!(caller instanceof Promise)) {
      done(admit(request, guarded, caller));
      return;
    }
    caller.then((name) => admit(request, guarded, name)).then(done, done);
  });
}

/** The same words for every reason. */
function unauthorized({ headers }: FastifyRequest): ProblemError {
  const wasWrong = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
  const challenge = `Bearer realm="desk-bff"${wasWrong ? ', error="invalid_token"' : ''}`;
  const detail = 'This needs valid credentials.';
  return new ProblemError('unauthorized', { detail, headers: { 'www-authenticate': challenge } });
}
