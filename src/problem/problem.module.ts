import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Logger } from 'pino';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemSender } from './problem-sender.js';
import { UnreadableRequest } from './unreadable-request.js';

@Global()
@Module({
  providers: [
    { provide: ProblemSender, useFactory: (logger: Logger) => new ProblemSender(logger), inject: [LOGGER] },
    {
      provide: UnreadableRequest,
      useFactory: (logger: Logger, metrics: Metrics) => new UnreadableRequest(logger, metrics),
      inject: [LOGGER, Metrics],
    },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
  exports: [ProblemSender, UnreadableRequest],
})
export class ProblemModule {}
