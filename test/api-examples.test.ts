import { describe, expect, it } from '@jest/globals';
import { apiDocument, isObject, pointerTo, schemasOf } from './api-document.js';

const schemaAt = schemasOf('closed');

interface Example {
  readonly at: string;
  readonly schema: string;
  readonly value: unknown;
}

/** Every `example` and `examples` of the document with the pointer to its schema. */
function* examplesIn(node: unknown, path: readonly string[] = []): Generator<Example> {
  if (Array.isArray(node)) {
    for (const [index, child] of node.entries()) yield* examplesIn(child, [...path, String(index)]);
  }
  if (!isObject(node)) return;
  // Parameters, headers and bodies have a schema beside their examples; a schema's examples are its own.
  const schema = pointerTo(...path, ...(isObject(node['schema']) ? ['schema'] : []));
  const isProperties = path.at(-1) === 'properties';
  for (const [key, child] of Object.entries(node)) {
    const here = [...path, key];
    if (!isProperties && key === 'example') yield { at: pointerTo(...here), schema, value: child };
    else if (!isProperties && key === 'examples') yield* listed(child, here, schema);
    else yield* examplesIn(child, here);
  }
}

function* listed(examples: unknown, path: readonly string[], schema: string): Generator<Example> {
  if (Array.isArray(examples)) {
    for (const [index, value] of examples.entries()) yield { at: pointerTo(...path, String(index)), schema, value };
  } else if (isObject(examples)) {
    for (const [name, example] of Object.entries(examples))
      yield { at: pointerTo(...path, name), schema, value: isObject(example) ? example['value'] : undefined };
  }
}

const examples = [...examplesIn(apiDocument)];

describe('the examples of the API document', () => {
  it('are found', () => {
    expect(examples.length).toBeGreaterThan(150);
    const names = examples.map(({ at }) => at);
    for (const kind of ['image', 'card', 'relay', 'too-many-requests', 'upstream-rejected', 'internal'])
      expect(names.some((name) => name.endsWith(`/examples/${kind}`))).toBe(true);
  });

  it('are valid by their own schemas, without additional fields', () => {
    const faults = examples.flatMap(({ at, schema, value }) => {
      const validate = schemaAt(schema);
      return validate(value) ? [] : [{ at, errors: validate.errors }];
    });
    expect(faults).toEqual([]);
  });
});
