import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import { type Fields } from '../fields.js';
import { Card, toCard } from './card.js';

@ApiSchema({ name: 'CustomContent' })
@ApiExtraModels(Card)
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

  // `type: Card, nullable: true` comes out as `allOf: [Card]`, which forbids the null to a strict validator.
  @ApiProperty({
    oneOf: [
      { $ref: getSchemaPath(Card) },
      { type: 'object', nullable: true, enum: [null], description: '`data` is not a message of the Desk plug-in' },
    ],
  })
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
