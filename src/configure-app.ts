import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { type Logger } from 'pino';
import { AppModule } from './app.module.js';
import { type Environment } from './environment.js';
import { LOGGER } from './logging/logging.module.js';
import { observeRequests } from './logging/request-hooks.js';
import { Metrics } from './metrics/metrics.js';
import { serveApiDocument } from './openapi.js';
import { ProblemSender } from './problem/problem-sender.js';
import { answerUnreadable } from './problem/unreadable-request.js';

/** Slow clients get this long for their headers, and for the whole request; nothing here is uploaded. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Longer than the idle time of the usual load balancers, so that they close first and no request is lost. */
const KEEP_ALIVE_MS = 72_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_BODY_BYTES = 16_384;

/** The app as main, the tests and the OpenAPI export use it. */
export async function createApp(environment: Environment): Promise<NestFastifyApplication> {
  const adapter = createAdapter();
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(environment), adapter, {
    logger: false,
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  const problems = app.get(ProblemSender);
  observeRequests(fastify, app.get<Logger>(LOGGER), app.get(Metrics));
  collectPaths(fastify, problems);
  await secureHeaders(app);
  serveApiDocument(app);
  return app;
}

function createAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    routerOptions: {
      // The longest id, percent-encoded, has to reach the check that says what is wrong with a longer one.
      maxParamLength: MAX_HEADER_BYTES,
    },
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS },
    forceCloseConnections: 'idle',
    clientErrorHandler: answerUnreadable,
  });
}

function collectPaths(fastify: FastifyInstance, problems: ProblemSender): void {
  fastify.addHook('onRoute', ({ method, url }) => {
    if ([method].flat().includes('GET') && url !== '*') problems.addPath(url);
  });
}

/** A CSP that Swagger UI lives with: everything from here, and the styles it writes into its elements. */
async function secureHeaders(app: NestFastifyApplication): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
    strictTransportSecurity: false,
  });
}
