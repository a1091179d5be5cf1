import { Module } from '@nestjs/common';
import { RedisLink } from '../redis/redis-link.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { Readiness } from './readiness.js';

/** What operators and their machines ask: probes, and the scrape. */
@Module({
  controllers: [HealthController, MetricsController],
  providers: [{ provide: Readiness, useFactory: (redis: RedisLink) => new Readiness(redis), inject: [RedisLink] }],
  exports: [Readiness],
})
export class OperationsModule {}
