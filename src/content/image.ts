import type { ImageContent, ImageFormat, ImageKind, ImageVariant } from './content.js';
import type { Fields } from './fields.js';

const FORMATS: ReadonlyMap<number, ImageFormat> = new Map([
  [1, 'jpg'],
  [2, 'gif'],
  [3, 'png'],
  [4, 'bmp'],
]);

const KINDS: ReadonlyMap<number, ImageKind> = new Map([
  [1, 'original'],
  [2, 'large'],
  [3, 'thumbnail'],
]);

export function readImage(fields: Fields): ImageContent {
  const format = fields.number('ImageFormat');
  return {
    type: 'image',
    uuid: fields.string('UUID'),
    format: format === null ? null : (FORMATS.get(format) ?? 'other'),
    variants: fields.objects('ImageInfoArray', readVariant),
  };
}

function readVariant(fields: Fields): ImageVariant {
  const kind = fields.number('Type');
  return {
    kind: kind === null ? null : (KINDS.get(kind) ?? 'unknown'),
    url: fields.string('URL'),
    size: fields.number('Size'),
    width: fields.number('Width'),
    height: fields.number('Height'),
  };
}
