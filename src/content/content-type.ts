import { getSchemaPath } from '@nestjs/swagger';

/** Every `type` of an element of `content`. `content.ts` has the class and the reader of each. */
export const contentTypes = [
  'text',
  'location',
  'face',
  'sound',
  'file',
  'image',
  'video',
  'relay',
  'custom',
  'unknown',
] as const;

export type ContentType = (typeof contentTypes)[number];

// Schemas by name, not by class: a relay holds elements and is one, and classes that import each other in a circle do
// not exist yet when their decorators run.
const PATHS = contentTypes.map((type): [ContentType, string] => [type, getSchemaPath(schemaName(type))]);

/**
 * The schema of one element of `content`. Whoever uses it adds the classes with `@ApiExtraModels(...)`. `anyOf`,
 * because openapi-zod-client generates code that does not compile from `oneOf` if an element holds elements, as a relay
 * does.
 */
export const CONTENT_UNION = {
  anyOf: PATHS.map(([, $ref]) => ({ $ref })),
  discriminator: { propertyName: 'type', mapping: Object.fromEntries(PATHS) },
};

/** `text` is the schema `TextContent`. */
function schemaName(type: ContentType): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}Content`;
}
