import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';

@ApiSchema({ name: 'LocationContent' })
export class LocationContent {
  @ApiProperty({ enum: ['location'] })
  declare readonly type: 'location';

  @ApiProperty({ type: String, nullable: true, example: 'Tencent Building, Shenzhen' })
  declare readonly description: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 22.5405 })
  declare readonly latitude: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 113.9345 })
  declare readonly longitude: number | null;
}

export function readLocation(fields: Fields): LocationContent {
  return {
    type: 'location',
    description: fields.string('Desc'),
    latitude: fields.number('Latitude'),
    longitude: fields.number('Longitude'),
  };
}
