import { type DynamicModule, Module } from '@nestjs/common';
import { AnswerModule } from './answer/answer.module.js';
import { AuthModule } from './auth/auth.module.js';
import { type Environment } from './environment.js';
import { EnvironmentModule } from './environment.module.js';
import { HealthModule } from './health/health.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { ProblemModule } from './problem/problem.module.js';
import { RedisModule } from './redis/redis.module.js';

/** Which rooms there are. */
@Module({})
export class AppModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: AppModule,
      imports: [
        EnvironmentModule.with(environment),
        LoggingModule,
        MetricsModule,
        RedisModule,
        ProblemModule,
        AnswerModule,
        AuthModule,
        MessagesModule,
        HealthModule,
      ],
    };
  }
}
