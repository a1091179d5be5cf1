import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { isJsonObject } from '../json.js';
import { type AuditFields } from '../logging/request-context.js';
import { ProblemError } from '../problem/problem.js';
import { type Access } from './access.js';
import { type AccessControl } from './access-control.js';
import { type DeclaredRoutes } from './declared-routes.js';
import { type WebhookCredentials } from './webhook-signature.js';
import { pathOf, queryOf } from '../target.js';

/** The audit fields of a request over the limit: it is audited like any other read. */
type AuditOfRefused = (request: FastifyRequest) => AuditFields | undefined;

/** Authenticates and limits before anything else: before the input is validated, the body read or the cache used. */
export function enforceAccess(
  fastify: FastifyInstance,
  access: AccessControl,
  routes: DeclaredRoutes,
  auditOfRefused: AuditOfRefused,
): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const declared = accessOf(request, routes);
    if (access.isOpen(declared)) {
      done();
      return;
    }
    admit(request, access, declared, auditOfRefused).then(() => {
      done();
    }, done);
  });
}

async function admit(
  request: FastifyRequest,
  access: AccessControl,
  declared: Access,
  auditOfRefused: AuditOfRefused,
): Promise<void> {
  if (declared === 'desk') {
    access.admitDesk(webhookCredentialsOf(request));
    request.context.caller = 'desk';
    return;
  }
  const caller = await access.admit(request.raw, declared);
  request.context.caller = caller.name;
  request.context.expiresAt = caller.expiresAt;
  if (declared !== 'callers') return;
  const waitMs = await access.allowance(request.raw, caller);
  if (waitMs === 0) return;
  const audit = auditOfRefused(request);
  if (audit !== undefined) request.context.audit = audit;
  throw tooManyRequests(waitMs);
}

/** The caller's own limit is used up, and for how long. */
function tooManyRequests(waitMs: number): ProblemError {
  const detail = 'You have used up your requests of this minute. Try again later.';
  return new ProblemError('too-many-requests', { detail, retryAfterMs: waitMs });
}

function webhookCredentialsOf({ params, url }: FastifyRequest): WebhookCredentials {
  const secret = isJsonObject(params) ? params['secret'] : undefined;
  const query = new URLSearchParams(queryOf(url));
  return { query, pathSecret: typeof secret === 'string' ? secret : undefined };
}

function accessOf({ is404, routeOptions, url }: FastifyRequest, routes: DeclaredRoutes): Access {
  // Every route declares its access, or the service would not have started.
  return (is404 ? undefined : routeOptions.config.access) ?? routes.accessOf(pathOf(url));
}
