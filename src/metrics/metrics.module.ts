import { Global, Module } from '@nestjs/common';
import { version } from '../version.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';

@Global()
@Module({
  controllers: [MetricsController],
  providers: [{ provide: Metrics, useFactory: () => new Metrics(version) }],
  exports: [Metrics],
})
export class MetricsModule {}
