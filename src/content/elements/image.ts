import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';

type ImageFormat = 'jpg' | 'gif' | 'png' | 'bmp' | 'other';
type ImageKind = 'original' | 'large' | 'thumbnail' | 'unknown';

const FORMATS_BY_NUMBER: ReadonlyMap<number, ImageFormat> = new Map([
  [1, 'jpg'],
  [2, 'gif'],
  [3, 'png'],
  [4, 'bmp'],
]);

const KINDS_BY_NUMBER: ReadonlyMap<number, ImageKind> = new Map([
  [1, 'original'],
  [2, 'large'],
  [3, 'thumbnail'],
]);

const FORMATS = [...FORMATS_BY_NUMBER.values(), 'other'];
const KINDS = [...KINDS_BY_NUMBER.values(), 'unknown'];

@ApiSchema({ name: 'ImageVariant' })
export class ImageVariant {
  @ApiProperty({ type: String, enum: KINDS, nullable: true, example: 'original', description: 'Which size' })
  declare readonly kind: ImageKind | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/receipt.png' })
  declare readonly url: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1853095, description: 'Bytes' })
  declare readonly size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 2448, description: 'Pixels' })
  declare readonly width: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 3264, description: 'Pixels' })
  declare readonly height: number | null;
}

@ApiSchema({ name: 'ImageContent' })
export class ImageContent {
  @ApiProperty({ enum: ['image'] })
  declare readonly type: 'image';

  @ApiProperty({ type: String, nullable: true, example: '1400187352_8618655061639_9d1c' })
  declare readonly uuid: string | null;

  @ApiProperty({ type: String, enum: FORMATS, nullable: true, example: 'png', description: 'Of the original' })
  declare readonly format: ImageFormat | null;

  @ApiProperty({ type: [ImageVariant], description: 'The same picture in several sizes' })
  declare readonly variants: readonly ImageVariant[];
}

export function readImage(fields: Fields): ImageContent {
  const format = fields.number('ImageFormat');
  return {
    type: 'image',
    uuid: fields.string('UUID'),
    format: format === null ? null : (FORMATS_BY_NUMBER.get(format) ?? 'other'),
    variants: fields.objects('ImageInfoArray', readVariant),
  };
}

function readVariant(fields: Fields): ImageVariant {
  const kind = fields.number('Type');
  return {
    kind: kind === null ? null : (KINDS_BY_NUMBER.get(kind) ?? 'unknown'),
    url: fields.string('URL'),
    size: fields.number('Size'),
    width: fields.number('Width'),
    height: fields.number('Height'),
  };
}
