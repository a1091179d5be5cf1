import { Global, Module } from '@nestjs/common';
import { Environment } from '../environment.js';
import { Metrics } from '../metrics/metrics.js';
import { LogDestination, openLog } from './log-destination.js';
import { createLogger } from './logger.js';

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
  ],
  exports: [LOGGER, LogDestination],
})
export class LoggingModule {}
