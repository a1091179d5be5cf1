import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';

@ApiSchema({ name: 'TextContent' })
export class TextContent {
  @ApiProperty({ enum: ['text'] })
  declare readonly type: 'text';

  @ApiProperty({ type: String, nullable: true, example: 'hello' })
  declare readonly text: string | null;
}

export function readText(fields: Fields): TextContent {
  return { type: 'text', text: fields.string('Text') };
}
