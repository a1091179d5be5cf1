import { ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';

/** The session of the desk API's own page, which the simulated desk of the demo has too. */
export const SESSION_ID = 'b0f4ca12-4850-4218-a284-efe679a87066';

/** Swagger UI fills in the first example. It has to send no header here: a request id or `no-cache` is not for every try. */
const noHeader = (summary: string) => ({ absent: { summary, value: '' } });

/** What the resource takes. ApiParam and ApiQuery lose an `example` that stands beside a schema, so it stands inside. */
export const parameters = [
  ApiParam({
    name: 'sessionId',
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      pattern: '^[A-Za-z0-9._~@:+=-]{1,128}$',
      example: SESSION_ID,
    },
  }),
  ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 20, example: 20 },
  }),
  ApiQuery({
    name: 'offset',
    required: false,
    schema: { type: 'integer', minimum: 0, maximum: 2147483647, default: 0, example: 0 },
  }),
  ApiQuery({
    name: 'order',
    required: false,
    description: '`asc`: oldest first · `desc`: newest first',
    schema: { type: 'string', enum: ['asc', 'desc'], default: 'desc', example: 'desc' },
  }),
  ApiHeader({
    name: 'If-None-Match',
    required: false,
    description: '304 where the page is unchanged',
    examples: {
      ...noHeader('The client has no page'),
      page: { summary: 'The ETag of an earlier answer', value: '"mK3pS1vYw2n0ZbQx4rT6uA8cE9f"' },
      any: { summary: '304 where there is a page at all', value: '*' },
    },
  }),
  ApiHeader({
    name: 'Cache-Control',
    required: false,
    description: '`no-cache`: the desk is asked first',
    examples: {
      ...noHeader('From the cache while it is fresh'),
      anew: { summary: 'The desk is asked first', value: 'no-cache' },
    },
  }),
  ApiHeader({
    name: 'X-Request-Id',
    required: false,
    description: 'Taken over if it matches `^[\\w.-]{1,128}$`',
    examples: {
      ...noHeader('The service makes one'),
      own: { summary: 'One that the client made', value: '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e' },
    },
  }),
];
