import { type FastifyInstance } from 'fastify';
import { newRequestContext, type RequestContext } from '../logging/request-context.js';
import { WEBHOOK_PATH } from './request-target.js';
import { type RequestObserver } from './request-observer.js';

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
  }
}

/** What no route answers is one label, or strangers could make labels. */
export const NO_ROUTE = 'none';

/** The webhook's secret may stand in its path: nothing tells that there is one. */
function templateOf(url: string | undefined): string {
  return url?.startsWith(WEBHOOK_PATH) === true ? WEBHOOK_PATH : (url ?? NO_ROUTE);
}

/** Gives every request its context, and has it observed. */
export function observeRequests(fastify: FastifyInstance, observer: RequestObserver): void {
  fastify.decorateRequest('context');
  fastify.addHook('onRequest', (request, reply, done) => {
    request.context = newRequestContext(request.headers);
    observer.watch(request.raw, reply.raw, request.context, templateOf(request.routeOptions.url));
    done();
  });
}
