import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { FileContent, SoundContent, VideoContent, VideoThumbnail } from '../content/content.js';

const UUID = '1400187352_8618655061639_2f1b6e4b0d3c';

@ApiSchema({ name: 'SoundContent' })
export class SoundContentDto implements SoundContent {
  @ApiProperty({ enum: ['sound'] })
  declare type: 'sound';

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/hello.amr' })
  declare url: string | null;

  @ApiProperty({ type: String, nullable: true, example: UUID })
  declare uuid: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 6221, description: 'Bytes' })
  declare size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 12 })
  declare seconds: number | null;
}

@ApiSchema({ name: 'FileContent' })
export class FileContentDto implements FileContent {
  @ApiProperty({ enum: ['file'] })
  declare type: 'file';

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/invoice.pdf' })
  declare url: string | null;

  @ApiProperty({ type: String, nullable: true, example: UUID })
  declare uuid: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'invoice.pdf' })
  declare name: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1773552, description: 'Bytes' })
  declare size: number | null;
}

@ApiSchema({ name: 'VideoThumbnail' })
export class VideoThumbnailDto implements VideoThumbnail {
  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/unboxing.jpg' })
  declare url: string | null;

  @ApiProperty({ type: String, nullable: true, example: UUID })
  declare uuid: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 13907, description: 'Bytes' })
  declare size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 720, description: 'Pixels' })
  declare width: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1280, description: 'Pixels' })
  declare height: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'JPG' })
  declare format: string | null;
}

@ApiSchema({ name: 'VideoContent' })
export class VideoContentDto implements VideoContent {
  @ApiProperty({ enum: ['video'] })
  declare type: 'video';

  @ApiProperty({ type: String, nullable: true, example: 'https://cos.example/unboxing.mp4' })
  declare url: string | null;

  @ApiProperty({ type: String, nullable: true, example: UUID })
  declare uuid: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 1194603, description: 'Bytes' })
  declare size: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 5, description: '0 where the web client sent it' })
  declare seconds: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'mp4' })
  declare format: string | null;

  @ApiProperty({ type: VideoThumbnailDto })
  declare thumbnail: VideoThumbnailDto;
}
