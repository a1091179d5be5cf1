import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { CacheModule } from './cache/cache.module.js';
import { type Environment } from './environment.js';
import { EnvironmentModule } from './environment.module.js';
import { HttpModule } from './http/http.module.js';
import { StreamModule } from './live/stream.module.js';
import { WebhookModule } from './live/webhook.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { RedisModule } from './redis/redis.module.js';
import { SessionsModule } from './sessions/sessions.module.js';

/** The modules of the service. */
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
        CacheModule,
        AccessModule,
        HttpModule,
        OperationsModule,
        MessagesModule,
        SessionsModule,
        StreamModule,
        WebhookModule.with(environment),
      ],
    };
  }
}
