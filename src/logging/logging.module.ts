import { Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { Environment } from '../environment.js';
import { AuditLog } from './audit-log.js';
import { createLogger } from './logger.js';

export const LOGGER = Symbol('logger');

@Global()
@Module({
  providers: [
    { provide: LOGGER, useFactory: ({ logLevel }: Environment) => createLogger(logLevel), inject: [Environment] },
    { provide: AuditLog, useFactory: (logger: Logger) => new AuditLog(logger), inject: [LOGGER] },
  ],
  exports: [LOGGER, AuditLog],
})
export class LoggingModule {}
