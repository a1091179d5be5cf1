import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type Logger } from 'pino';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { connectRedis } from './connect.js';
import { RedisLink } from './redis-link.js';

/** After this time the service starts without Redis. */
const START_WAIT_MS = 500;
/** At most one line about refused commands in this time: a full Redis refuses every write. */
const QUIET_MS = 60_000;

async function createLink(environment: Environment, metrics: Metrics, logger: Logger): Promise<RedisLink> {
  const { redisUrl: url, redisSentinelName: sentinelName } = environment;
  const client = url === undefined ? undefined : connectRedis({ url, sentinelName });
  metrics.redisConfigured.set(client === undefined ? 0 : 1);
  const onChange = (isUp: boolean) => {
    metrics.redisUp.set(isUp ? 1 : 0);
    if (isUp) logger.info('Redis is up');
    else logger.warn({ reason: link.reason }, 'Redis is unavailable; continuing without it');
  };
  const link = new RedisLink(client, onChange, refusalLog(logger));
  await link.whenUp(START_WAIT_MS);
  if (link.state === 'down') {
    logger.warn({ reason: link.reason }, 'Redis is unavailable at start; continuing without it');
  }
  return link;
}

function refusalLog(logger: Logger): (reason: string) => void {
  let quietUntil = 0;
  return (reason) => {
    if (performance.now() < quietUntil) return;
    quietUntil = performance.now() + QUIET_MS;
    logger.warn({ reason }, 'Redis refuses a command; continuing without it');
  };
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
