import { ApiExtraModels, ApiProperty, ApiSchema, getSchemaPath } from '@nestjs/swagger';
import type { Card, CardKind, CustomContent } from '../content/content.js';

// Keyed by kind, so that the compiler misses none.
const KINDS: Record<CardKind, string> = {
  rating: 'the satisfaction card',
  'rating-result': 'the rating that was given',
  options: 'a list of options',
  form: 'a form that collects information',
  product: 'a product card',
  order: 'an order card',
  bot: 'a reply of the robot',
  markdown: 'Markdown: sanitise what you render',
  stream: 'a text that was streamed in chunks',
  control: 'a signal between the clients, not meant to be shown',
};

@ApiSchema({ name: 'Card', description: 'A message of the Desk plug-in.' })
export class CardDto implements Card {
  @ApiProperty({
    enum: Object.keys(KINDS),
    example: 'options',
    description: Object.entries(KINDS)
      .map(([kind, meaning]) => `\`${kind}\`: ${meaning}`)
      .join('; '),
  })
  declare kind: CardKind;

  @ApiProperty({ type: Number, nullable: true, example: 15, description: "The plug-in's own number, `src`" })
  declare source: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The parsed Data, whole. Nesting beyond 1,000 levels is given as JSON text.',
    example: {
      customerServicePlugin: 0,
      src: '15',
      content: { header: 'What is it about?', items: [{ content: 'My invoice', desc: '' }], tail: '' },
    },
  })
  declare payload: unknown;
}

@ApiSchema({ name: 'CustomContent' })
@ApiExtraModels(CardDto)
export class CustomContentDto implements CustomContent {
  @ApiProperty({ enum: ['custom'] })
  declare type: 'custom';

  @ApiProperty({ type: String, nullable: true, example: '{"customerServicePlugin":0,"src":"15","content":{}}' })
  declare data: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'What is it about?' })
  declare description: string | null;

  @ApiProperty({ type: String, nullable: true, example: '' })
  declare extension: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'dingdong.aiff' })
  declare sound: string | null;

  // `type: CardDto, nullable: true` comes out as `allOf: [Card]`, which forbids the null to a strict validator.
  @ApiProperty({
    oneOf: [
      { $ref: getSchemaPath(CardDto) },
      { type: 'object', nullable: true, enum: [null], description: '`data` is not a message of the Desk plug-in' },
    ],
  })
  declare card: CardDto | null;
}
