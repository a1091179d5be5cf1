import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { AllowAccess } from '../access/access.js';
import { Metrics } from '../metrics/metrics.js';
import { problemResponse } from '../problem/problem.openapi.js';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get()
  @AllowAccess('scraper')
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Metrics in the Prometheus text format',
    description: 'Open with METRICS_PUBLIC; else it needs credentials, but no scope.',
  })
  @ApiResponse({
    status: 200,
    description: 'The metrics',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'redis_up 1\n' } },
  })
  @problemResponse(401, 'unauthorized', 'No or wrong credentials, unless METRICS_PUBLIC')
  async scrape(@Res() reply: FastifyReply): Promise<void> {
    const { registry } = this.metrics;
    const text = await registry.metrics();
    await reply.header('cache-control', 'no-store').type(registry.contentType).send(text);
  }
}
