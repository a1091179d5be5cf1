import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';

@ApiSchema({ name: 'FaceContent' })
export class FaceContent {
  @ApiProperty({ enum: ['face'] })
  declare readonly type: 'face';

  @ApiProperty({ type: Number, nullable: true, example: 1, description: "The emoji's number, which the app defines" })
  declare readonly index: number | null;

  @ApiProperty({ type: String, nullable: true, example: '[smile]' })
  declare readonly data: string | null;
}

export function readFace(fields: Fields): FaceContent {
  return { type: 'face', index: fields.number('Index'), data: fields.string('Data') };
}
