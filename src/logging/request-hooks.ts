import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { type Metrics } from '../metrics/metrics.js';
import { newRequestContext, type RequestContext, runInContext } from './request-context.js';

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
  }
}

/** What no route answers is one label, or strangers could make labels. */
const NO_ROUTE = 'none';

/** Gives every request its context, its id on the answer, and at the end one access line and one observation. */
export function observeRequests(fastify: FastifyInstance, logger: Logger, metrics: Metrics): void {
  fastify.decorateRequest('context');
  fastify.addHook('onRequest', (request, reply, done) => {
    const context = newRequestContext(request.headers);
    request.context = context;
    void reply.header('x-request-id', context.requestId);
    runInContext(context, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { context, method, routeOptions } = request;
    const seconds = Number(process.hrtime.bigint() - context.startedAt) / 1e9;
    const route = routeOptions.url ?? NO_ROUTE;
    const status = reply.statusCode;
    metrics.httpDuration.observe({ route, method, status }, seconds);
    const { startedAt: _startedAt, ...seen } = context;
    logger.info({ route, method, status, durationMs: Math.round(seconds * 1e5) / 100, ...seen }, 'request');
    done();
  });
}
