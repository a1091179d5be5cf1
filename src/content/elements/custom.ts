import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';
import { type Card, toCard } from './card.js';
import { CARD_OR_NULL } from './card.openapi.js';

@ApiSchema({ name: 'CustomContent' })
export class CustomContent {
  @ApiProperty({ enum: ['custom'] })
  declare readonly type: 'custom';

  @ApiProperty({ type: String, nullable: true, example: '{"customerServicePlugin":0,"src":"15","content":{}}' })
  declare readonly data: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'What is it about?' })
  declare readonly description: string | null;

  @ApiProperty({ type: String, nullable: true, example: '' })
  declare readonly extension: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'dingdong.aiff' })
  declare readonly sound: string | null;

  @ApiProperty(CARD_OR_NULL)
  declare readonly card: Card | null;
}

export function readCustom(fields: Fields): CustomContent {
  const data = fields.string('Data');
  return {
    type: 'custom',
    data,
    description: fields.string('Desc'),
    extension: fields.string('Ext'),
    sound: fields.string('Sound'),
    card: toCard(data),
  };
}
