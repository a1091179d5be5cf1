import { type OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Item = OpenAPIObject['paths'][string];
type Response = Operation['responses'][string];
type Operation = NonNullable<Item['get']>;

/** Either of the two is enough. */
const CREDENTIALS = [{ apiKey: [] }, { bearer: [] }];

/** The document that @nestjs/swagger made of the decorators, with what applies to every operation. */
export function completeDocument({ paths, components, ...document }: OpenAPIObject): OpenAPIObject {
  const items = Object.entries(paths).map(([path, { get, ...others }]): [string, Item] => {
    if (get === undefined) return [path, others];
    // Unless marked as public, an operation needs credentials, in the document as in the service.
    const secured = { security: CREDENTIALS, ...get };
    return [path, { ...others, get: secured, head: headOf(secured) }];
  });
  return {
    ...document,
    paths: Object.fromEntries(items),
    components: { ...components, schemas: separateNulls(components?.schemas ?? {}) },
  };
}

/** The same without bodies; every GET route answers HEAD. */
function headOf({ responses, summary = '', operationId = '', ...get }: Operation): Operation {
  const withoutBodies = Object.entries(responses).map(
    ([status, response = { description: '' }]): [string, Response] => {
      if ('$ref' in response) return [status, response];
      const { content: _, ...rest } = response;
      return [status, rest];
    },
  );
  return {
    ...get,
    operationId: `${operationId}Head`,
    summary: `${summary}: the headers alone`,
    responses: Object.fromEntries(withoutBodies),
  };
}

/** Moves null out of an enum into `anyOf`: otherwise orval and openapi-zod-client generate code that does not compile. */
function separateNull(schema: Schemas[string]): Schemas[string] {
  if ('$ref' in schema) return schema;
  const { properties, description = '' } = schema;
  const example: unknown = schema.example;
  const values: readonly unknown[] = schema.enum ?? [];
  if (values.includes(null)) {
    const texts = values.filter((value) => typeof value === 'string');
    return { description, example, anyOf: [{ type: 'string', enum: texts }, { type: 'null' }] };
  }
  return properties === undefined ? schema : { ...schema, properties: separateNulls(properties) };
}

function separateNulls(schemas: Schemas): Schemas {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]): [string, Schemas[string]] => [name, separateNull(schema)]),
  );
}
