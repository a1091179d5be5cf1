import { ApiExtraModels, ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Content, contentSchemas } from '../content/content.js';
import { CONTENT_UNION } from '../content/content-type.js';
import { type Message, Sender } from '../content/message.js';

/** A message as docs/api.md shows it; `implements` compares the class with what is really written. */
@ApiSchema({ name: 'Message' })
@ApiExtraModels(...contentSchemas)
export class MessageDto implements Message {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 25,
    description: "Index in the session, oldest = 0; null where the desk's answers contradict each other",
  })
  declare position: number | null;

  @ApiProperty({ type: Sender })
  declare sender: Sender;

  @ApiProperty({ type: String, format: 'date-time', example: '2024-11-07T00:23:50.138Z', description: 'UTC' })
  declare sentAt: string;

  @ApiProperty({
    type: String,
    example: 'hello',
    description: 'The message in one plain line, with stand-ins such as `[Image]`, `[File] invoice.pdf`, `[Voice] 12s`',
  })
  declare text: string;

  @ApiProperty({
    type: 'array',
    items: CONTENT_UNION,
    description: "One entry per element; other people's words: escape what you render",
    example: [{ type: 'text', text: 'hello' }],
  })
  declare content: Content[];
}
