import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { ImageContent, ImageFormat, ImageKind, ImageVariant } from '../content/content.js';

// OpenAPI 3.0.3: a nullable enum has to list null itself.
const FORMATS: (ImageFormat | null)[] = ['jpg', 'gif', 'png', 'bmp', 'other', null];
const KINDS: (ImageKind | null)[] = ['original', 'large', 'thumbnail', 'unknown', null];

@ApiSchema({ name: 'ImageVariant' })
export class ImageVariantDto implements ImageVariant {
  @ApiProperty({ type: String, enum: KINDS, nullable: true, example: 'original' })
  declare kind: ImageKind | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/receipt.png' })
  declare url: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1853095, description: 'Bytes' })
  declare size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 2448, description: 'Pixels' })
  declare width: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 3264, description: 'Pixels' })
  declare height: number | null;
}

@ApiSchema({ name: 'ImageContent' })
export class ImageContentDto implements ImageContent {
  @ApiProperty({ enum: ['image'] })
  declare type: 'image';

  @ApiProperty({ type: String, nullable: true, example: '1400187352_8618655061639_9d1c' })
  declare uuid: string | null;

  @ApiProperty({ type: String, enum: FORMATS, nullable: true, example: 'png' })
  declare format: ImageFormat | null;

  @ApiProperty({ type: [ImageVariantDto], description: 'The same picture in several sizes' })
  declare variants: ImageVariantDto[];
}
