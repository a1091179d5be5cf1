import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** openapi.json; `npm run check:openapi` compares it with what the service serves. */
export const apiDocument: unknown = JSON.parse(readFileSync('openapi.json', 'utf8'));

const ID = 'openapi.json';

/** `closed`: fields that the document does not name are faults, unless it allows more. */
export function schemasOf(mode: 'open' | 'closed'): (pointer: string) => ValidateFunction {
  const ajv = new Ajv2020({ strict: false, validateFormats: true });
  formats.default(ajv);
  ajv.addSchema(objectAt(mode === 'closed' ? closed(apiDocument) : apiDocument), ID);
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `${ID}#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
}

/** The value at a JSON pointer's segments; undefined if there is none. */
export function at(...segments: readonly string[]): unknown {
  return segments.reduce<unknown>((node, segment) => (isObject(node) ? node[segment] : undefined), apiDocument);
}

export function pointerTo(...segments: readonly string[]): string {
  return segments
    .map((segment) => `/${encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
    .join('');
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectAt(value: unknown): Json {
  return isObject(value) ? value : {};
}

function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (!isObject(node)) return node;
  const parts = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return 'properties' in node && node['type'] === 'object' ? { additionalProperties: false, ...parts } : parts;
}
