import { Module } from '@nestjs/common';
import { RedisLink } from '../redis/redis-link.js';
import { HealthController } from './health.controller.js';
import { MetricsController } from './metrics.controller.js';
import { Readiness } from './readiness.js';

/** Health probes, and the metrics for Prometheus. */
@Module({
  controllers: [HealthController, MetricsController],
  providers: [{ provide: Readiness, useFactory: (redis: RedisLink) => new Readiness(redis), inject: [RedisLink] }],
  exports: [Readiness],
})
export class OperationsModule {}
