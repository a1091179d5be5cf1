import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { AnswerHeaders, setAnswerHeaders } from './answer/answer-headers.js';
import { answerPreflights, CrossOrigin } from './answer/cross-origin.js';
import { AppModule } from './app.module.js';
import { admitCallers, type AdmissionRules } from './auth/admission.js';
import { Authenticator } from './auth/authenticator.js';
import { CallerLimit } from './auth/caller-limit.js';
import { type Environment } from './environment.js';
import { Readiness } from './health/readiness.js';
import { LOGGER } from './logging/logging.module.js';
import { observeRequests } from './logging/request-hooks.js';
import { RequestObserver } from './logging/request-observer.js';
import { FastPath } from './messages/fast-path.js';
import { PageCache } from './messages/page-cache.js';
import { refusedRead } from './messages/refused-read.js';
import { Metrics } from './metrics/metrics.js';
import { serveApiDocument } from './openapi.js';
import { checkHeadersOfHttp } from './problem/headers-of-http.js';
import { ProblemSender } from './problem/problem-sender.js';
import { UnreadableRequest } from './problem/unreadable-request.js';
import { ignoreBodies } from './request-bodies.js';
import { answerAll, listenFirst, serverOptions } from './server.js';
import { Transcripts } from './transcript/transcripts.js';

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
  const rules = admissionRules(app, environment);
  observeRequests(fastify, app.get(RequestObserver));
  collectPaths(fastify, app.get(ProblemSender));
  setAnswerHeaders(fastify, app.get(AnswerHeaders));
  answerPreflights(fastify, app.get(CrossOrigin));
  admitCallers(fastify, rules);
  checkHeadersOfHttp(fastify);
  ignoreBodies(fastify);
  serveApiDocument(app);
  listenFirst(fastify, createFastPath(app, rules));
  answerAll(fastify, app.get(UnreadableRequest));
  return app;
}

function admissionRules(app: NestFastifyApplication, environment: Environment): AdmissionRules {
  const { rateLimitPerMinute, metricsPublic, authMode } = environment;
  return {
    authenticator: app.get(Authenticator),
    limit: rateLimitPerMinute > 0 ? app.get(CallerLimit) : undefined,
    areMetricsOpen: metricsPublic || authMode === 'none',
    refusedRead,
  };
}

function createFastPath(app: NestFastifyApplication, { authenticator, limit }: AdmissionRules): FastPath {
  return new FastPath({
    authenticator,
    limit,
    readiness: app.get(Readiness),
    transcripts: app.get(Transcripts),
    pages: app.get(PageCache),
    headers: app.get(AnswerHeaders),
    observer: app.get(RequestObserver),
    metrics: app.get(Metrics),
    logger: app.get(LOGGER),
  });
}

function collectPaths(fastify: FastifyInstance, problems: ProblemSender): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    if ([method].flat().includes('GET') && url !== '*') problems.addPath(url);
  });
}
