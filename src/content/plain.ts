import type { FaceContent, LocationContent, TextContent } from './content.js';
import type { Fields } from './fields.js';

export function readText(fields: Fields): TextContent {
  return { type: 'text', text: fields.string('Text') };
}

export function readLocation(fields: Fields): LocationContent {
  return {
    type: 'location',
    description: fields.string('Desc'),
    latitude: fields.number('Latitude'),
    longitude: fields.number('Longitude'),
  };
}

export function readFace(fields: Fields): FaceContent {
  return { type: 'face', index: fields.number('Index'), data: fields.string('Data') };
}
