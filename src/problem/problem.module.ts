import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Logger } from 'pino';
import { LOGGER } from '../logging/logging.module.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemSender } from './problem-sender.js';

@Global()
@Module({
  providers: [
    { provide: ProblemSender, useFactory: (logger: Logger) => new ProblemSender(logger), inject: [LOGGER] },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [ProblemSender],
})
export class ProblemModule {}
