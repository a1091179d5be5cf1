import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { FaceContent, LocationContent, TextContent, UnknownContent } from '../content/content.js';

// `implements` holds each class to what src/content really makes; `declare` keeps the fields out of the running code.

// `{}` would say the same, but the Swagger module makes an object of it.
const ANY_JSON = [
  { type: 'object', additionalProperties: true, nullable: true },
  { type: 'array', items: {} },
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
];

@ApiSchema({ name: 'TextContent' })
export class TextContentDto implements TextContent {
  @ApiProperty({ enum: ['text'] })
  declare type: 'text';

  @ApiProperty({ type: String, nullable: true, example: 'hello' })
  declare text: string | null;
}

@ApiSchema({ name: 'LocationContent' })
export class LocationContentDto implements LocationContent {
  @ApiProperty({ enum: ['location'] })
  declare type: 'location';

  @ApiProperty({ type: String, nullable: true, example: 'Tencent Building, Shenzhen' })
  declare description: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 22.5405 })
  declare latitude: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 113.9345 })
  declare longitude: number | null;
}

@ApiSchema({ name: 'FaceContent' })
export class FaceContentDto implements FaceContent {
  @ApiProperty({ enum: ['face'] })
  declare type: 'face';

  @ApiProperty({ type: Number, nullable: true, example: 1, description: "The emoji's number, which the app defines" })
  declare index: number | null;

  @ApiProperty({ type: String, nullable: true, example: '[smile]' })
  declare data: string | null;
}

@ApiSchema({ name: 'UnknownContent', description: 'An element that this service does not know, kept whole.' })
export class UnknownContentDto implements UnknownContent {
  @ApiProperty({ enum: ['unknown'] })
  declare type: 'unknown';

  @ApiProperty({ type: String, nullable: true, example: 'TIMGroupTipElem', description: "The desk's name for it" })
  declare rawType: string | null;

  @ApiProperty({
    anyOf: ANY_JSON,
    description: 'The whole element: any JSON. Nesting beyond 1,000 levels is given as JSON text.',
    example: { MsgType: 'TIMGroupTipElem', MsgContent: { OpType: 1 } },
  })
  declare raw: unknown;
}
