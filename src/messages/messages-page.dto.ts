import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { MessageDto } from './message.dto.js';

@ApiSchema({ name: 'Page' })
export class PageDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100, example: 20 })
  declare limit: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 2147483647, example: 0 })
  declare offset?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 2147483647, description: 'Instead of offset' })
  declare before?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 2147483647, description: 'Instead of offset' })
  declare after?: number;

  @ApiProperty({ enum: ['asc', 'desc'], example: 'desc' })
  declare order: 'asc' | 'desc';

  @ApiProperty({ type: 'integer', minimum: 0, example: 26, description: 'Messages in the whole session' })
  declare total: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    nullable: true,
    example: 20,
    description: 'Offset of the next page, null on the last',
  })
  declare nextOffset?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description: 'With before: the lowest position shown, null where there is nothing older',
  })
  declare nextBefore?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    nullable: true,
    description: 'With after: the highest position shown, null where there is nothing newer just now',
  })
  declare nextAfter?: number | null;
}

@ApiSchema({ name: 'MessagesPage' })
export class MessagesPageDto {
  @ApiProperty({ type: String, example: 'b0f4ca12-4850-4218-a284-efe679a87066' })
  declare sessionId: string;

  @ApiProperty({ type: [MessageDto] })
  declare messages: MessageDto[];

  @ApiProperty({ type: PageDto })
  declare page: PageDto;
}
