import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type ReadinessReport } from './readiness.js';

@ApiSchema({ name: 'Liveness' })
export class LivenessDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  declare readonly status: 'ok';
}

@ApiSchema({ name: 'ReadinessChecks' })
class ChecksDto {
  @ApiProperty({ enum: ['up', 'down', 'off'], example: 'up', description: '`off`: none is configured' })
  declare redis: 'up' | 'down' | 'off';
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessReportDto implements ReadinessReport {
  @ApiProperty({
    enum: ['ok', 'degraded', 'starting', 'stopping'],
    example: 'ok',
    description: '`degraded`: the cache is unavailable',
  })
  declare status: ReadinessReport['status'];

  @ApiProperty({ type: ChecksDto })
  declare checks: ChecksDto;

  @ApiProperty({ type: String, example: '1.0.0' })
  declare version: string;
}
