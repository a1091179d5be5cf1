import { type OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Either of the two is enough. */
const CREDENTIALS = [{ apiKey: [] }, { bearer: [] }];

/** What @nestjs/swagger made of the decorators, brought to OpenAPI 3.1, with what holds for every operation. */
export function finished({ paths, components, ...document }: OpenAPIObject): OpenAPIObject {
  const items = Object.entries(paths).map(([path, { get, ...others }]) => {
    if (get === undefined) return [path, others];
    // Whatever does not say that it is open needs credentials, in the document as in the service.
    const secured = { security: CREDENTIALS, ...get };
    return [path, { ...others, get: secured, head: headOf(secured) }];
  });
  return {
    ...document,
    paths: Object.fromEntries(items),
    components: { ...components, schemas: eachWithNull(components?.schemas ?? {}) },
  };
}

/** The same without bodies; every GET route answers HEAD. */
function headOf({ responses, summary = '', operationId = '', ...get }: Operation): Operation {
  const withoutBodies = Object.entries(responses).map(([status, response = { description: '' }]) => {
    if ('$ref' in response) return [status, response];
    const { content: _, ...rest } = response;
    return [status, rest];
  });
  return {
    ...get,
    operationId: `${operationId}Head`,
    summary: `${summary}: the headers alone`,
    responses: Object.fromEntries(withoutBodies),
  };
}

/** `nullable` is of OpenAPI 3.0; generators disagree on it beside an enum or a reference. 3.1 has the type `null`. */
function withNull(schema: Schemas[string]): Schemas[string] {
  if ('$ref' in schema) return schema;
  const { nullable = false, properties, items, anyOf, ...rest } = schema;
  const { description, example, type, enum: values, ...shape } = rest;
  if (nullable && values !== undefined) {
    return {
      ...(description === undefined ? {} : { description }),
      ...(example === undefined ? {} : { example }),
      anyOf: [{ ...shape, ...(type === undefined ? {} : { type }), enum: values }, { type: 'null' }],
    };
  }
  return {
    ...rest,
    ...(nullable && typeof type === 'string' ? { type: [type, 'null'] } : {}),
    ...(properties === undefined ? {} : { properties: eachWithNull(properties) }),
    ...(items === undefined ? {} : { items: withNull(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(withNull) }),
  };
}

function eachWithNull(schemas: Schemas): Schemas {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withNull(schema)]));
}
