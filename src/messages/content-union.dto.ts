import { getSchemaPath } from '@nestjs/swagger';
import type { Content } from '../content/content.js';

// Schemas by name, not by class: a relay holds contents and is one, and classes that import each other in a circle
// are not there yet when their decorators run. Keyed by type, so that the compiler misses none.
const SCHEMAS: Record<Content['type'], string> = {
  text: 'TextContent',
  location: 'LocationContent',
  face: 'FaceContent',
  sound: 'SoundContent',
  file: 'FileContent',
  image: 'ImageContent',
  video: 'VideoContent',
  relay: 'RelayContent',
  custom: 'CustomContent',
  unknown: 'UnknownContent',
};

const PATHS = Object.entries(SCHEMAS).map(([type, schema]): [string, string] => [type, getSchemaPath(schema)]);

/** One entry of `content`. Whoever uses it adds the classes with `@ApiExtraModels(...)`. */
export const CONTENT_UNION = {
  oneOf: PATHS.map(([, $ref]) => ({ $ref })),
  discriminator: { propertyName: 'type', mapping: Object.fromEntries(PATHS) },
};
