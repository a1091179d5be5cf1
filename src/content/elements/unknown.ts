import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { isJsonObject } from '../../json.js';
import { withinDepth } from '../json-depth.js';

// `{}` means the same, but the Swagger module turns it into an object.
const ANY_JSON = [
  { type: 'object', additionalProperties: true, nullable: true },
  { type: 'array', items: {} },
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
];

@ApiSchema({ name: 'UnknownContent', description: 'An element that this service does not know, kept whole.' })
export class UnknownContent {
  @ApiProperty({ enum: ['unknown'] })
  declare readonly type: 'unknown';

  @ApiProperty({ type: String, nullable: true, example: 'TIMGroupTipElem', description: "The desk's name for it" })
  declare readonly rawType: string | null;

  @ApiProperty({
    anyOf: ANY_JSON,
    description: 'The whole element: any JSON. Nesting beyond 1,000 levels is given as JSON text.',
    example: { MsgType: 'TIMGroupTipElem', MsgContent: { OpType: 1 } },
  })
  declare readonly raw: unknown;
}

export function unknownContent(element: unknown): UnknownContent {
  const rawType = isJsonObject(element) ? element['MsgType'] : null;
  return { type: 'unknown', rawType: typeof rawType === 'string' ? rawType : null, raw: withinDepth(element) };
}
