import { Global, Module } from '@nestjs/common';
import { type DestinationStream, type Logger } from 'pino';
import { Environment } from '../environment.js';
import { Metrics } from '../metrics/metrics.js';
import { createLogger, logDestination } from './logger.js';
import { RequestObserver } from './request-observer.js';

export const LOGGER = Symbol('logger');
const DESTINATION = Symbol('log destination');

@Global()
@Module({
  providers: [
    { provide: DESTINATION, useFactory: logDestination },
    {
      provide: LOGGER,
      useFactory: ({ logLevel }: Environment, destination: DestinationStream) => createLogger(logLevel, destination),
      inject: [Environment, DESTINATION],
    },
    {
      provide: RequestObserver,
      useFactory: (logger: Logger, destination: DestinationStream, metrics: Metrics) =>
        new RequestObserver(logger, destination, metrics),
      inject: [LOGGER, DESTINATION, Metrics],
    },
  ],
  exports: [LOGGER, RequestObserver],
})
export class LoggingModule {}
