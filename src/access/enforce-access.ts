import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type AuditFields } from '../logging/request-context.js';
import { ProblemError } from '../problem/problem.js';
import { type Access } from './access.js';
import { type AccessControl } from './access-control.js';
import { type DeclaredRoutes } from './declared-routes.js';
import { tooManyRequests } from './too-many-requests.js';

/** What a caller over the limit asked for: audited like any other read. */
type AuditOfRefused = (request: FastifyRequest) => AuditFields | undefined;

/** Nobody gets past here unknown or over the limit: before the input is looked at, the body read or the cache asked. */
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

/** What a path does not take is told only to whoever may use it. */
export function refuseOtherMethods(fastify: FastifyInstance, routes: DeclaredRoutes): void {
  fastify.addHook('onRequest', ({ is404, method, url }, _reply, done) => {
    const methods = is404 ? routes.methodsOf(pathOf(url)) : undefined;
    if (methods === undefined || methods.includes(method)) {
      done();
      return;
    }
    const allow = methods.join(', ');
    const detail = `Only ${methods.join(' and ')} are allowed here.`;
    done(new ProblemError('method-not-allowed', { detail, headers: { allow } }));
  });
}

async function admit(
  request: FastifyRequest,
  access: AccessControl,
  declared: Access,
  auditOfRefused: AuditOfRefused,
): Promise<void> {
  const caller = await access.admit(request.raw, declared);
  request.context.caller = caller.name;
  if (declared !== 'callers') return;
  const waitMs = (await access.allowance(request.raw, caller)) ?? 0;
  if (waitMs === 0) return;
  const audit = auditOfRefused(request);
  if (audit !== undefined) request.context.audit = audit;
  throw tooManyRequests(waitMs);
}

function accessOf({ is404, routeOptions, url }: FastifyRequest, routes: DeclaredRoutes): Access {
  // A route that the router found has said who may use it, or the service would not have started.
  return (is404 ? undefined : routeOptions.config.access) ?? routes.accessOf(pathOf(url));
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url;
}
