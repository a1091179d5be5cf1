import { ApiParam, ApiQuery } from '@nestjs/swagger';
import { IDENTIFIER_PATTERN } from '../http/identifier.js';
import { MAX_LIMIT, MAX_OFFSET } from '../http/paging.js';

/** The session of the desk API's own page, which the simulated desk of the demo has too. */
export const SESSION_ID = 'b0f4ca12-4850-4218-a284-efe679a87066';

/** What the resource takes. ApiParam and ApiQuery lose an `example` that stands beside a schema, so it stands inside. */
export const parameters = [
  ApiParam({
    name: 'sessionId',
    schema: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      pattern: IDENTIFIER_PATTERN,
      example: SESSION_ID,
    },
  }),
  ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: 20, example: 20 },
  }),
  ApiQuery({
    name: 'offset',
    required: false,
    schema: { type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0, example: 0 },
  }),
  ApiQuery({
    name: 'order',
    required: false,
    description: '`asc`: oldest first · `desc`: newest first',
    schema: { type: 'string', enum: ['asc', 'desc'], default: 'desc', example: 'desc' },
  }),
];
