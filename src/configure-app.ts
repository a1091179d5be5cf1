import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module.js';
import { admitCallers, type AdmissionRules } from './auth/admission.js';
import { Authenticator } from './auth/authenticator.js';
import { CallerLimit } from './auth/caller-limit.js';
import { allowOrigins } from './auth/cross-origin.js';
import { type Environment } from './environment.js';
import { AuditLog } from './logging/audit-log.js';
import { LOGGER } from './logging/logging.module.js';
import { observeRequests } from './logging/request-hooks.js';
import { Metrics } from './metrics/metrics.js';
import { serveApiDocument } from './openapi.js';
import { checkHeadersOfHttp } from './problem/headers-of-http.js';
import { ProblemSender } from './problem/problem-sender.js';
import { UnreadableRequest } from './problem/unreadable-request.js';
import { secureHeaders } from './security-headers.js';
import { answerAll, ignoreBodies, serverOptions } from './server.js';

/** The app as main, the tests and the OpenAPI export use it. */
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
  const logger = app.get<Logger>(LOGGER);
  observeRequests(fastify, { logger, audit: app.get(AuditLog), metrics: app.get(Metrics) });
  collectPaths(fastify, app.get(ProblemSender));
  await secureHeaders(fastify);
  allowOrigins(fastify, environment.corsOrigins);
  admitCallers(fastify, admissionRules(app, environment));
  checkHeadersOfHttp(fastify);
  ignoreBodies(fastify);
  answerAll(fastify, app.get(UnreadableRequest));
  serveApiDocument(app);
  return app;
}

function admissionRules(app: NestFastifyApplication, environment: Environment): AdmissionRules {
  const { rateLimitPerMinute, metricsPublic, authMode } = environment;
  return {
    authenticator: app.get(Authenticator),
    limit: rateLimitPerMinute > 0 ? app.get(CallerLimit) : undefined,
    areMetricsOpen: metricsPublic || authMode === 'none',
  };
}

function collectPaths(fastify: FastifyInstance, problems: ProblemSender): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    if ([method].flat().includes('GET') && url !== '*') problems.addPath(url);
  });
}
