import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Logger } from 'pino';
import { DeclaredRoutes } from '../access/declared-routes.js';
import { CacheFactory } from '../cache/cache-factory.js';
import { Environment } from '../environment.js';
import { LogDestination } from '../logging/log-destination.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { OperationsModule } from '../operations/operations.module.js';
import { Readiness } from '../operations/readiness.js';
import { Cors } from './cors.js';
import { Exchanges } from './exchanges.js';
import { FileDownload } from './file-download.js';
import { FileSlots } from './file-slots.js';
import { ProblemFilter, ProblemSender } from './problem-sender.js';
import { RepresentationCache } from './representation.js';
import { RequestObserver } from './request-observer.js';
import { Responder } from './responder.js';
import { ResponseHeaders, securityHeaders } from './response-headers.js';
import { UnreadableRequest } from './unreadable-request.js';

/** A client that reads nothing of a file for this long, while data waits, is cut off (docs/api.md, "Files"). */
const STALLED_READER_MS = 30_000;

/** What all answers share. */
@Global()
@Module({
  imports: [OperationsModule],
  providers: [
    { provide: Cors, useFactory: ({ corsOrigins }: Environment) => new Cors(corsOrigins), inject: [Environment] },
    {
      provide: ResponseHeaders,
      useFactory: (cors: Cors, readiness: Readiness) => new ResponseHeaders(securityHeaders(), cors, readiness),
      inject: [Cors, Readiness],
    },
    {
      provide: RepresentationCache,
      useFactory: (caches: CacheFactory) => new RepresentationCache(caches.memoryBytes('representations')),
      inject: [CacheFactory],
    },
    {
      provide: Responder,
      useFactory: (headers: ResponseHeaders, metrics: Metrics) => new Responder(headers, metrics),
      inject: [ResponseHeaders, Metrics],
    },
    {
      provide: RequestObserver,
      useFactory: (logger: Logger, destination: LogDestination, metrics: Metrics) =>
        new RequestObserver(logger, destination, metrics),
      inject: [LOGGER, LogDestination, Metrics],
    },
    {
      provide: ProblemSender,
      useFactory: (logger: Logger, routes: DeclaredRoutes) => new ProblemSender(logger, routes),
      inject: [LOGGER, DeclaredRoutes],
    },
    {
      provide: FileDownload,
      useFactory: (headers: ResponseHeaders, observer: RequestObserver, problems: ProblemSender) =>
        new FileDownload({ slots: new FileSlots(), headers, observer, problems, stalledMs: STALLED_READER_MS }),
      inject: [ResponseHeaders, RequestObserver, ProblemSender],
    },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: Exchanges, useFactory: () => new Exchanges() },
    {
      provide: UnreadableRequest,
      useFactory: (exchanges: Exchanges, logger: Logger, metrics: Metrics) =>
        new UnreadableRequest(exchanges, logger, metrics),
      inject: [Exchanges, LOGGER, Metrics],
    },
  ],
  exports: [
    Cors,
    Exchanges,
    FileDownload,
    RepresentationCache,
    ResponseHeaders,
    Responder,
    RequestObserver,
    UnreadableRequest,
  ],
})
export class HttpModule {}
