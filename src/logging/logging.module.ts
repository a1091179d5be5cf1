import { Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { Environment } from '../environment.js';
import { Metrics } from '../metrics/metrics.js';
import { LogDestination } from './log-destination.js';
import { createLogger } from './logger.js';
import { openLog } from './open-log.js';
import { RequestObserver } from './request-observer.js';

export const LOGGER = Symbol('logger');

@Global()
@Module({
  providers: [
    { provide: LogDestination, useFactory: openLog, inject: [Metrics] },
    {
      provide: LOGGER,
      useFactory: ({ logLevel }: Environment, destination: LogDestination) => createLogger(logLevel, destination),
      inject: [Environment, LogDestination],
    },
    {
      provide: RequestObserver,
      useFactory: (logger: Logger, destination: LogDestination, metrics: Metrics) =>
        new RequestObserver(logger, destination, metrics),
      inject: [LOGGER, LogDestination, Metrics],
    },
  ],
  exports: [LOGGER, LogDestination, RequestObserver],
})
export class LoggingModule {}
