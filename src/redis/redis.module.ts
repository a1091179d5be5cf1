import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { connectRedis } from './connect.js';
import { RedisLink } from './redis-link.js';

/** After this time the service starts without Redis. */
const START_WAIT_MS = 500;

async function createLink(environment: Environment, metrics: Metrics, logger: Logger): Promise<RedisLink> {
  const { redisUrl: url, redisSentinelName: sentinelName } = environment;
  const client = url === undefined ? undefined : connectRedis({ url, sentinelName });
  metrics.redisConfigured.set(client === undefined ? 0 : 1);
  const link = new RedisLink(client, (isUp) => {
    metrics.redisUp.set(isUp ? 1 : 0);
    if (isUp) logger.info('Redis is up');
    else logger.warn('Redis is unavailable; continuing without it');
  });
  await link.whenUp(START_WAIT_MS);
  if (link.state === 'down') logger.warn('Redis is unavailable at start; continuing without it');
  return link;
}

@Global()
@Module({
  providers: [{ provide: RedisLink, useFactory: createLink, inject: [Environment, Metrics, LOGGER] }],
  exports: [RedisLink],
})
export class RedisModule implements OnApplicationShutdown {
  constructor(@Inject(RedisLink) private readonly link: RedisLink) {}

  onApplicationShutdown(): void {
    this.link.close();
  }
}
