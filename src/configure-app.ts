import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { AccessControl } from './access/access-control.js';
import { DeclaredRoutes } from './access/declared-routes.js';
import { enforceAccess } from './access/enforce-access.js';
import { AppModule } from './app.module.js';
import { type Environment } from './environment.js';
import { type AuditedRoute, type CachedRoute, type RouteParams } from './http/cached-route.js';
import { answerPreflights, Cors } from './http/cors.js';
import { Exchanges } from './http/exchanges.js';
import { FastPath } from './http/fast-path.js';
import { checkRequestHeaders, ignoreBodies } from './http/request-checks.js';
import { observeRequests, RequestObserver } from './http/request-observer.js';
import { Responder } from './http/responder.js';
import { ResponseHeaders, setResponseHeaders } from './http/response-headers.js';
import { UnreadableRequest } from './http/unreadable-request.js';
import { isJsonObject } from './json.js';
import { RUNNING_SESSIONS_ROUTE } from './live/running-sessions.controller.js';
import { STREAM_ROUTE } from './live/stream/stream-request.js';
import { setUpWebhook } from './live/webhook/webhook-route.js';
import { LOGGER } from './logging/logging.module.js';
import { MessagesRoute } from './messages/messages-route.js';
import { Metrics } from './metrics/metrics.js';
import { API_DOCUMENT_PATHS, serveApiDocument } from './openapi.js';
import { Readiness } from './operations/readiness.js';
import { SessionsRoute } from './sessions/list/sessions-route.js';
import { SessionStateRoute } from './sessions/state/session-state-route.js';
import { answerExpectations, listenFirst, refuseConnect, serverOptions, trackExchanges } from './server.js';
import { queryOf } from './target.js';

/**
 * The app as main and the export of the API document use it. The order here is the order in which requests are handled.
 */
export async function createApp(environment: Environment): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(
    serverOptions(environment, (error, socket) => {
      app.get(UnreadableRequest).answer(error, socket);
    }),
  );
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(environment), adapter, {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  const routes = app.get(DeclaredRoutes);
  routes.collect(fastify, API_DOCUMENT_PATHS);
  setUpWebhook(fastify, app.get(Metrics));
  observeRequests(fastify, app.get(RequestObserver), routes);
  setResponseHeaders(fastify, app.get(ResponseHeaders));
  answerPreflights(fastify, app.get(Cors));
  const auditedRoutes = [...cachedRoutes(app), STREAM_ROUTE, RUNNING_SESSIONS_ROUTE];
  enforceAccess(fastify, app.get(AccessControl), routes, (request) => auditOfRefused(auditedRoutes, request));
  checkRequestHeaders(fastify);
  ignoreBodies(fastify);
  serveApiDocument(app);
  listenFirst(fastify, createFastPath(app));
  trackExchanges(fastify.server, app.get(Exchanges));
  answerExpectations(fastify.server);
  refuseConnect(fastify.server, app.get(UnreadableRequest));
  return app;
}

/** The most frequent ones first. */
function cachedRoutes(app: NestFastifyApplication): readonly CachedRoute[] {
  return [app.get(MessagesRoute), app.get(SessionStateRoute), app.get(SessionsRoute)];
}

function auditOfRefused(routes: readonly AuditedRoute[], { params, routeOptions, url }: FastifyRequest) {
  const route = routes.find(({ template }) => template === routeOptions.url);
  return route?.auditOfRefused(routeParams(params), queryOf(url));
}

function routeParams(params: unknown): RouteParams {
  const sessionId = isJsonObject(params) ? params['sessionId'] : undefined;
  return typeof sessionId === 'string' ? { sessionId } : {};
}

function createFastPath(app: NestFastifyApplication): FastPath {
  return new FastPath({
    routes: cachedRoutes(app),
    access: app.get(AccessControl),
    readiness: app.get(Readiness),
    responder: app.get(Responder),
    observer: app.get(RequestObserver),
    logger: app.get(LOGGER),
  });
}
