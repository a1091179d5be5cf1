import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Content, RelayContent, RelayedMessage } from '../content/content.js';
import { CONTENT_UNION } from './content-union.dto.js';

@ApiSchema({ name: 'RelayedMessage' })
export class RelayedMessageDto implements RelayedMessage {
  @ApiProperty({ type: String, nullable: true, example: '8618655061639' })
  declare from: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2024-11-07T00:23:50.000Z' })
  declare sentAt: string | null;

  @ApiProperty({ type: 'array', items: CONTENT_UNION, example: [{ type: 'text', text: 'hello' }] })
  declare content: Content[];
}

@ApiSchema({ name: 'RelayContent', description: 'Forwarded messages, nested at most five deep.' })
export class RelayContentDto implements RelayContent {
  @ApiProperty({ enum: ['relay'] })
  declare type: 'relay';

  @ApiProperty({ type: String, nullable: true, example: "Anna and Ben's chat" })
  declare title: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 2 })
  declare count: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Please upgrade to read this' })
  declare compatibleText: string | null;

  @ApiProperty({ type: [String], example: ['Anna: hello', 'Ben: [Image]'] })
  declare abstracts: string[];

  @ApiProperty({ type: [RelayedMessageDto] })
  declare messages: RelayedMessageDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Comes in place of `messages` where those are over 12 KB',
  })
  declare key: string | null;
}
