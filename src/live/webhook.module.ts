import { type DynamicModule, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { CacheFactory } from '../cache/cache-factory.js';
import { Environment, hasWebhook } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { RedisLink } from '../redis/redis-link.js';
import { RunningSessions } from './running-sessions.js';
import { RunningSessionsController } from './running-sessions.controller.js';
import { SeenRequests } from './webhook/seen-requests.js';
import { WebhookController } from './webhook/webhook.controller.js';
import { WebhookEvents } from './webhook/webhook-events.js';

function createRunningSessions(
  { redisKeyPrefix: keyPrefix }: Environment,
  redis: RedisLink,
  { cipher }: CacheFactory,
): RunningSessions {
  return new RunningSessions({ redis, keyPrefix, cipher, now: () => Date.now() });
}

function createWebhookEvents(
  { redisKeyPrefix }: Environment,
  redis: RedisLink,
  { changes }: CacheFactory,
  running: RunningSessions,
  metrics: Metrics,
  logger: Logger,
): WebhookEvents {
  return new WebhookEvents({ seen: new SeenRequests(redis, redisKeyPrefix), changes, running, metrics, logger });
}

/** The desk's webhook and what it makes known. It exists only if its sender can be authenticated. */
@Module({})
export class WebhookModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: WebhookModule,
      controllers: hasWebhook(environment)
        ? [RunningSessionsController, WebhookController]
        : [RunningSessionsController],
      providers: [
        { provide: RunningSessions, useFactory: createRunningSessions, inject: [Environment, RedisLink, CacheFactory] },
        {
          provide: WebhookEvents,
          useFactory: createWebhookEvents,
          inject: [Environment, RedisLink, CacheFactory, RunningSessions, Metrics, LOGGER],
        },
      ],
    };
  }
}
