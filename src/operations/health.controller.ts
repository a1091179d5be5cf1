import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { AllowAccess } from '../access/access.js';
import { Readiness } from './readiness.js';
import { problemResponse } from '../problem/problem.openapi.js';
import { LivenessDto, ReadinessReportDto } from './readiness-report.dto.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('live')
  @AllowAccess('anybody')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Whether the process runs',
    description: 'The process only, not the desk or the cache.',
    security: [],
  })
  @ApiResponse({ status: 200, description: 'It runs', type: LivenessDto })
  @problemResponse(405, 'method-not-allowed', 'Only GET and HEAD; see `Allow`')
  live(): LivenessDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @AllowAccess('anybody')
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Whether requests should be sent here',
    description: 'A cache that is unavailable is `degraded` and still 200.',
    security: [],
  })
  @ApiResponse({ status: 200, description: 'Send them', type: ReadinessReportDto })
  @problemResponse(405, 'method-not-allowed', 'Only GET and HEAD; see `Allow`')
  @ApiResponse({ status: 503, type: ReadinessReportDto, description: 'Starting or stopping' })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const report = this.readiness.report();
    await reply
      .status(this.readiness.isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report);
  }
}
