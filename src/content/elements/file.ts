import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';

@ApiSchema({ name: 'FileContent' })
export class FileContent {
  @ApiProperty({ enum: ['file'] })
  declare readonly type: 'file';

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/invoice.pdf' })
  declare readonly url: string | null;

  @ApiProperty({ type: String, nullable: true, example: '1400187352_8618655061639_2f1b6e4b0d3c' })
  declare readonly uuid: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'invoice.pdf' })
  declare readonly name: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1773552, description: 'Bytes' })
  declare readonly size: number | null;
}

export function readFile(fields: Fields): FileContent {
  // Always 2 and not passed on. With another type, the element is not the documented one.
  fields.number('Download_Flag');
  // One table of the documentation has `fileName`, its samples have `FileName`.
  const otherName = fields.string('fileName');
  return {
    type: 'file',
    url: fields.string('Url'),
    uuid: fields.string('UUID'),
    name: fields.string('FileName') ?? otherName,
    size: fields.number('FileSize'),
  };
}
