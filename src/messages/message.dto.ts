import { ApiExtraModels, ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Content } from '../content/content.js';
import type { Message, Sender, SenderRole } from '../content/message.js';
import { CONTENT_UNION } from './content-union.dto.js';
import { CustomContentDto } from './custom-content.dto.js';
import { ImageContentDto } from './image-content.dto.js';
import { FileContentDto, SoundContentDto, VideoContentDto } from './media-content.dto.js';
import { FaceContentDto, LocationContentDto, TextContentDto, UnknownContentDto } from './plain-content.dto.js';
import { RelayContentDto } from './relay-content.dto.js';

const ROLES: SenderRole[] = ['user', 'agent', 'system', 'unknown'];

@ApiSchema({ name: 'Sender' })
export class SenderDto implements Sender {
  @ApiProperty({ type: String, nullable: true, example: '8618655061639', description: 'May be personal data' })
  declare id: string | null;

  @ApiProperty({ enum: ROLES, example: 'user' })
  declare role: SenderRole;
}

@ApiSchema({ name: 'Message' })
@ApiExtraModels(TextContentDto, LocationContentDto, FaceContentDto, SoundContentDto, FileContentDto)
@ApiExtraModels(ImageContentDto, VideoContentDto, RelayContentDto, CustomContentDto, UnknownContentDto)
export class MessageDto implements Message {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 25,
    description: "Index in the session, oldest = 0; null where the desk's answers contradict each other",
  })
  declare position: number | null;

  @ApiProperty({ type: SenderDto })
  declare sender: SenderDto;

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
