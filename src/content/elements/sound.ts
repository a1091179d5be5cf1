import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';

@ApiSchema({ name: 'SoundContent' })
export class SoundContent {
  @ApiProperty({ enum: ['sound'] })
  declare readonly type: 'sound';

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/hello.amr' })
  declare readonly url: string | null;

  @ApiProperty({ type: String, nullable: true, example: '1400187352_8618655061639_2f1b6e4b0d3c' })
  declare readonly uuid: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 6221, description: 'Bytes' })
  declare readonly size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 12 })
  declare readonly seconds: number | null;
}

export function readSound(fields: Fields): SoundContent {
  // Always 2 and not passed on. With another type, the element is not the documented one.
  fields.number('Download_Flag');
  return {
    type: 'sound',
    url: fields.string('Url'),
    uuid: fields.string('UUID'),
    size: fields.number('Size'),
    seconds: fields.number('Second'),
  };
}
