import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type Metrics } from '../metrics/metrics.js';
import { type AuditLog } from './audit-log.js';
import { newRequestContext, type RequestContext } from './request-context.js';

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
  }
}

/** What no route answers is one label, or strangers could make labels. */
export const NO_ROUTE = 'none';

export interface Observers {
  readonly logger: Logger;
  readonly audit: AuditLog;
  readonly metrics: Metrics;
}

/** What nginx calls it when the client did not wait for its answer. */
const CLIENT_GONE = 499;

/** Gives every request its context, its id on the answer, and at the end one access line and one observation. */
export function observeRequests(fastify: FastifyInstance, observers: Observers): void {
  fastify.decorateRequest('context');
  fastify.addHook('onRequest', (request, reply, done) => {
    const context = newRequestContext(request.headers);
    request.context = context;
    void reply.header('x-request-id', context.requestId);
    // Not Fastify's onResponse, which never comes for a client that went away: a read is to be seen all the same.
    reply.raw.once('close', () => {
      observe(request, reply, observers);
    });
    done();
  });
}

function observe(request: FastifyRequest, reply: FastifyReply, { logger, audit, metrics }: Observers): void {
  const { context, method, routeOptions } = request;
  const seconds = Number(process.hrtime.bigint() - context.startedAt) / 1e9;
  const route = routeOptions.url ?? NO_ROUTE;
  const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_GONE;
  metrics.httpDuration.observe({ route, method, status }, seconds);
  const { startedAt: _startedAt, read: _read, ...seen } = context;
  logger.info({ route, method, status, durationMs: Math.round(seconds * 1e5) / 100, ...seen }, 'request');
  audit.record(context, status);
}
