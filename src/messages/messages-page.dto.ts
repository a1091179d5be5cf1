import { ApiExtraModels, ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { type Content, contentSchemas } from '../content/content.js';
import { CONTENT_UNION } from '../content/content-type.js';
import { type Message, Sender } from '../content/message.js';
import { MAX_LIMIT, MAX_OFFSET } from '../http/paging.js';

/** A message as docs/api.md shows it; `implements` compares the class with what is really written. */
@ApiSchema({ name: 'Message' })
@ApiExtraModels(...contentSchemas)
class MessageDto implements Message {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 25,
    description: "Index in the session, oldest = 0; null if the desk's answers contradict each other",
  })
  declare position: number | null;

  @ApiProperty({ type: Sender })
  declare sender: Sender;

  @ApiProperty({ type: String, format: 'date-time', example: '2024-11-07T00:23:50.138Z', description: 'UTC' })
  declare sentAt: string;

  @ApiProperty({
    type: String,
    example: 'hello',
    description:
      'The message in one plain line, with placeholders such as `[Image]`, `[File] invoice.pdf`, `[Voice] 12s`',
  })
  declare text: string;

  @ApiProperty({
    type: 'array',
    items: CONTENT_UNION,
    description: 'One entry per element; text written by others: escape it when rendering',
    example: [{ type: 'text', text: 'hello' }],
  })
  declare content: Content[];
}

@ApiSchema({ name: 'Page' })
export class PageDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, example: 20 })
  declare limit: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MAX_OFFSET, example: 0 })
  declare offset?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MAX_OFFSET, description: 'Instead of offset' })
  declare before?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MAX_OFFSET, description: 'Instead of offset' })
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
    description: 'With before: the lowest position shown, null if there is nothing older',
  })
  declare nextBefore?: number | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    nullable: true,
    description: 'With after: the highest position shown, null if there is nothing newer yet',
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
