import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type ReadinessReport } from './readiness.js';

class ChecksDto {
  @ApiProperty({ enum: ['up', 'down', 'off'], description: '`off`: none is configured' })
  declare redis: 'up' | 'down' | 'off';
}

@ApiSchema({ name: 'Readiness' })
export class ReadinessReportDto implements ReadinessReport {
  @ApiProperty({ enum: ['ok', 'degraded', 'starting', 'stopping'], description: '`degraded`: the cache is away' })
  declare status: ReadinessReport['status'];

  @ApiProperty({ type: ChecksDto })
  declare checks: ChecksDto;

  @ApiProperty({ type: String, example: '1.0.0' })
  declare version: string;
}
