import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { MAX_LIMIT, MAX_OFFSET } from '../../http/paging.js';
import { type SessionRecord } from './session-record.js';

const nullableText = (example: string, description?: string) => ({
  type: String,
  nullable: true,
  example,
  ...(description === undefined ? {} : { description }),
});

@ApiSchema({ name: 'SessionClient' })
export class SessionClientDto {
  @ApiProperty(nullableText('1299314544'))
  declare id: string | null;

  @ApiProperty(nullableText('山浓'))
  declare nickname: string | null;
}

@ApiSchema({ name: 'ListedAgent' })
export class ListedAgentDto {
  @ApiProperty(nullableText('shannon@qq.com'))
  declare id: string | null;
}

@ApiSchema({ name: 'SessionGroup' })
export class SessionGroupDto {
  @ApiProperty(nullableText('3067'))
  declare id: string | null;

  @ApiProperty(nullableText('在线客服'))
  declare name: string | null;
}

@ApiSchema({ name: 'Session', description: 'A session record, probably of a session that has ended' })
export class SessionDto implements SessionRecord {
  @ApiProperty({ type: String, example: 'b0f4ca12-4850-4218-a284-efe679a87066' })
  declare id: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2024-11-01T06:38:56Z' })
  declare startedAt: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 10 })
  declare durationSeconds: number | null;

  @ApiProperty(nullableText('SDK', 'An open set'))
  declare channel: string | null;

  @ApiProperty({ type: SessionClientDto })
  declare client: SessionClientDto;

  @ApiProperty({ type: ListedAgentDto })
  declare agent: ListedAgentDto;

  @ApiProperty({ type: SessionGroupDto })
  declare group: SessionGroupDto;

  @ApiProperty(nullableText('AgentEndedSession', 'An open set'))
  declare endStatus: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 5, nullable: true, example: 5, description: 'Stars' })
  declare satisfaction: number | null;
}

@ApiSchema({ name: 'Period', description: 'Both ends are included' })
export class PeriodDto {
  @ApiProperty({ type: String, format: 'date-time', example: '2024-10-31T16:00:00Z' })
  declare from: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2024-11-01T15:59:59Z' })
  declare to: string;
}

@ApiSchema({ name: 'ListPage' })
export class ListPageDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, example: 20 })
  declare limit: number;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: MAX_OFFSET, example: 0 })
  declare offset: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1, description: 'Sessions in the whole period' })
  declare total: number;

  @ApiProperty({ type: 'integer', minimum: 1, nullable: true, example: null, description: 'null on the last page' })
  declare nextOffset: number | null;
}

@ApiSchema({ name: 'SessionsPage' })
export class SessionsPageDto {
  @ApiProperty({ type: PeriodDto })
  declare period: PeriodDto;

  @ApiProperty({ type: [SessionDto] })
  declare sessions: SessionDto[];

  @ApiProperty({ type: ListPageDto })
  declare page: ListPageDto;
}
