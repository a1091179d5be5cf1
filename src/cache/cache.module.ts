import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { BackgroundTurns } from '../desk/admission/background-turns.js';
import { DeskModule } from '../desk/desk.module.js';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { RedisLink } from '../redis/redis-link.js';
import { CacheFactory } from './cache-factory.js';

@Global()
@Module({
  imports: [DeskModule],
  providers: [
    {
      provide: CacheFactory,
      useFactory: (environment: Environment, redis: RedisLink, logger: Logger, turns: BackgroundTurns) =>
        new CacheFactory(environment, redis, logger, turns),
      inject: [Environment, RedisLink, LOGGER, BackgroundTurns],
    },
  ],
  exports: [CacheFactory],
})
export class CacheModule implements OnApplicationShutdown {
  constructor(@Inject(CacheFactory) private readonly caches: CacheFactory) {}

  onApplicationShutdown(): void {
    this.caches.changes.close();
  }
}
