import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { type Fields } from '../fields.js';

const UUID = '1400187352_8618655061639_2f1b6e4b0d3c';

@ApiSchema({ name: 'VideoThumbnail' })
export class VideoThumbnail {
  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/unboxing.jpg' })
  declare readonly url: string | null;

  @ApiProperty({ type: String, nullable: true, example: UUID })
  declare readonly uuid: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 13907, description: 'Bytes' })
  declare readonly size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 720, description: 'Pixels' })
  declare readonly width: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1280, description: 'Pixels' })
  declare readonly height: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'JPG' })
  declare readonly format: string | null;
}

@ApiSchema({ name: 'VideoContent' })
export class VideoContent {
  @ApiProperty({ enum: ['video'] })
  declare readonly type: 'video';

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/unboxing.mp4' })
  declare readonly url: string | null;

  @ApiProperty({ type: String, nullable: true, example: UUID })
  declare readonly uuid: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1194603, description: 'Bytes' })
  declare readonly size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 5, description: '0 if the web client sent it' })
  declare readonly seconds: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'mp4' })
  declare readonly format: string | null;

  @ApiProperty({ type: VideoThumbnail })
  declare readonly thumbnail: VideoThumbnail;
}

export function readVideo(fields: Fields): VideoContent {
  // Both always 2 and not passed on. With another type, the element is not the documented one.
  fields.number('VideoDownloadFlag');
  fields.number('ThumbDownloadFlag');
  return {
    type: 'video',
    url: fields.string('VideoUrl'),
    uuid: fields.string('VideoUUID'),
    size: fields.number('VideoSize'),
    seconds: fields.number('VideoSecond'),
    format: fields.string('VideoFormat'),
    thumbnail: {
      url: fields.string('ThumbUrl'),
      uuid: fields.string('ThumbUUID'),
      size: fields.number('ThumbSize'),
      width: fields.number('ThumbWidth'),
      height: fields.number('ThumbHeight'),
      format: fields.string('ThumbFormat'),
    },
  };
}
