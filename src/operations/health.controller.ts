import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { AllowAccess } from '../access/access.js';
import { Readiness } from './readiness.js';
import { ReadinessReportDto } from './readiness-report.dto.js';

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('live')
  @AllowAccess('anybody')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'getLiveness', summary: 'Whether the process runs', security: [] })
  @ApiResponse({ status: 200, schema: { type: 'object', properties: { status: { type: 'string', enum: ['ok'] } } } })
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @AllowAccess('anybody')
  @ApiOperation({ operationId: 'getReadiness', summary: 'Whether requests should be sent here', security: [] })
  @ApiResponse({ status: 200, type: ReadinessReportDto })
  @ApiResponse({ status: 503, type: ReadinessReportDto, description: 'Starting or stopping' })
  async ready(@Res() reply: FastifyReply): Promise<void> {
    const report = this.readiness.report();
    await reply
      .status(this.readiness.isReady ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report);
  }
}
