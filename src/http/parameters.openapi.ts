import { ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import { IDENTIFIER_PATTERN } from './identifier.js';
import { DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET } from './paging.js';

/** The session of the sample in the desk API's documents, which the demo's simulated desk also has. */
export const SESSION_ID = 'b0f4ca12-4850-4218-a284-efe679a87066';

/** Swagger UI fills in the first example, so it leaves out optional parameters. Only for plain text. */
const absent = (summary: string) => ({ absent: { summary, value: '' } });

export const identifierSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  pattern: IDENTIFIER_PATTERN,
} as const;

/**
 * A query parameter that Swagger UI leaves empty: it fills in `example`, but not these examples inside the schema. An
 * empty text would not be a valid example here.
 */
export function optionalParameter(name: string, description: string, schema: object, ...examples: readonly unknown[]) {
  return ApiQuery({ name, required: false, description, schema: { ...schema, examples: [...examples] } });
}

/** ApiParam and ApiQuery lose an `example` next to a schema, so it is inside. */
export const sessionIdParameter = ApiParam({
  name: 'sessionId',
  description: 'The session, as in the list of sessions',
  schema: { ...identifierSchema, example: SESSION_ID },
});

export const pagingParameters = [
  ApiQuery({
    name: 'limit',
    required: false,
    description: 'How many to return at most',
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, example: 20 },
  }),
  ApiQuery({
    name: 'offset',
    required: false,
    description: 'How many to skip',
    schema: { type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0, example: 0 },
  }),
];

/** Parameters that every request may have, to find it in logs. */
export const tracingParameters = [
  ApiHeader({
    name: 'X-Request-Id',
    required: false,
    description: 'Used if it matches `^[\\w.-]{1,128}$`',
    examples: {
      ...absent('The service generates one'),
      own: { summary: 'One that the client generated', value: '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e' },
    },
  }),
  ApiHeader({
    name: 'traceparent',
    required: false,
    description:
      'W3C Trace Context: its trace id is in the log lines of the request, and is the `traceId` of a problem',
    examples: {
      ...absent('No trace'),
      sampled: { summary: 'A trace', value: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    },
  }),
];

/** The request headers of every GET of a cached resource. */
export const headerParameters = [
  ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: '304 if the answer is unchanged',
    examples: {
      ...absent('The client has no answer yet'),
      page: { summary: 'The ETag of an earlier answer', value: '"mK3pS1vYw2n0ZbQx4rT6uA8cE9f"' },
      any: { summary: '304 if there is an answer at all', value: '*' },
    },
  }),
  ApiHeader({
    name: 'Cache-Control',
    required: false,
    description: '`no-cache`: the desk is asked first',
    examples: {
      ...absent('From the cache while it is fresh'),
      anew: { summary: 'The desk is asked first', value: 'no-cache' },
    },
  }),
  ...tracingParameters,
];
