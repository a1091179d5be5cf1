import { Global, Module } from '@nestjs/common';
import { version } from '../version.js';
import { Metrics } from './metrics.js';

@Global()
@Module({
  providers: [{ provide: Metrics, useFactory: () => new Metrics(version) }],
  exports: [Metrics],
})
export class MetricsModule {}
