import type { FileContent, SoundContent, VideoContent } from './content.js';
import type { Fields } from './fields.js';

// The download flags say nothing ("fixed 2") and are not passed on, but they are documented: one of another type means
// that the element is not the one we know.

export function readSound(fields: Fields): SoundContent {
  fields.number('Download_Flag');
  return {
    type: 'sound',
    url: fields.string('Url'),
    uuid: fields.string('UUID'),
    size: fields.number('Size'),
    seconds: fields.number('Second'),
  };
}

export function readFile(fields: Fields): FileContent {
  fields.number('Download_Flag');
  // One table of the documentation prints `fileName`, its samples say `FileName`.
  const otherName = fields.string('fileName');
  return {
    type: 'file',
    url: fields.string('Url'),
    uuid: fields.string('UUID'),
    name: fields.string('FileName') ?? otherName,
    size: fields.number('FileSize'),
  };
}

export function readVideo(fields: Fields): VideoContent {
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
