import { ApiProperty, ApiSchema } from '@nestjs/swagger';

@ApiSchema({ name: 'RunningSession' })
export class RunningSessionDto {
  @ApiProperty({ type: String, example: 'b0f4ca12-4850-4218-a284-efe679a87066' })
  declare id: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-23T08:00:00.000Z' })
  declare lastEventAt: string;
}

@ApiSchema({ name: 'RunningSessions' })
export class RunningSessionsDto {
  @ApiProperty({ type: [RunningSessionDto], description: 'Newest first, at most 1,000' })
  declare sessions: readonly RunningSessionDto[];
}
