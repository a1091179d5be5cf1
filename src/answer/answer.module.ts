import { Global, Module } from '@nestjs/common';
import { Environment } from '../environment.js';
import { HealthModule } from '../health/health.module.js';
import { Readiness } from '../health/readiness.js';
import { AnswerHeaders } from './answer-headers.js';
import { CrossOrigin } from './cross-origin.js';
import { securityHeaders } from './security-headers.js';

@Global()
@Module({
  imports: [HealthModule],
  providers: [
    {
      provide: CrossOrigin,
      useFactory: ({ corsOrigins }: Environment) => new CrossOrigin(corsOrigins),
      inject: [Environment],
    },
    {
      provide: AnswerHeaders,
      useFactory: (crossOrigin: CrossOrigin, readiness: Readiness) =>
        new AnswerHeaders(securityHeaders(), crossOrigin, readiness),
      inject: [CrossOrigin, Readiness],
    },
  ],
  exports: [AnswerHeaders, CrossOrigin],
})
export class AnswerModule {}
