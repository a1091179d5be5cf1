import { type FastifyInstance } from 'fastify';
import { newRequestContext, type RequestContext } from './request-context.js';
import { type RequestObserver } from './request-observer.js';

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
    /** Aborts when the request is over: it was answered, or its client is gone. */
    over: AbortSignal;
  }
}

/** What no route answers is one label, or strangers could make labels. */
export const NO_ROUTE = 'none';

/** Gives every request its context, and has it observed. */
export function observeRequests(fastify: FastifyInstance, observer: RequestObserver): void {
  fastify.decorateRequest('context');
  fastify.decorateRequest('over');
  fastify.addHook('onRequest', (request, reply, done) => {
    request.context = newRequestContext(request.headers);
    request.over = endOf(request.context);
    observer.watch(request.raw, reply.raw, request.context, request.routeOptions.url ?? NO_ROUTE);
    done();
  });
}

function endOf(context: RequestContext): AbortSignal {
  const end = new AbortController();
  context.onEnd = () => {
    // Without a reason it would make an error with a stack, each time.
    end.abort('over');
  };
  return end.signal;
}
