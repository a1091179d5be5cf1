import { Global, Module } from '@nestjs/common';
import { Environment } from '../environment.js';
import { createLogger } from './logger.js';

export const LOGGER = Symbol('logger');

@Global()
@Module({
  providers: [
    { provide: LOGGER, useFactory: ({ logLevel }: Environment) => createLogger(logLevel), inject: [Environment] },
  ],
  exports: [LOGGER],
})
export class LoggingModule {}
