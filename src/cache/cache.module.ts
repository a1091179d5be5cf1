import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { RedisLink } from '../redis/redis-link.js';
import { CacheFactory } from './cache-factory.js';

@Global()
@Module({
  providers: [
    {
      provide: CacheFactory,
      useFactory: (environment: Environment, redis: RedisLink, logger: Logger) =>
        new CacheFactory(environment, redis, logger),
      inject: [Environment, RedisLink, LOGGER],
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
