import { Module } from '@nestjs/common';
import { RedisLink } from '../redis/redis-link.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';

@Module({
  controllers: [HealthController],
  providers: [{ provide: Readiness, useFactory: (redis: RedisLink) => new Readiness(redis), inject: [RedisLink] }],
  exports: [Readiness],
})
export class HealthModule {}
