import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { DocumentCachedAnswer, formatParameter, headerText, sessionNotFound } from '../http/http.openapi.js';
import { MAX_OFFSET } from '../http/paging.js';
import { absent, pagingParameters, SESSION_ID, sessionIdParameter } from '../http/parameters.openapi.js';
import { MessagesPageDto } from './messages-page.dto.js';

/** The resource as /docs and generated clients see it; contract and code are compared by the tests. */
export function DocumentMessages(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'listMessages',
      summary: "A window of a session's chat messages",
      description: 'HEAD answers the same without a body. Positions count from the oldest message on, which is 0.',
    }),
    sessionIdParameter,
    ...pagingParameters,
    ApiQuery({
      name: 'order',
      required: false,
      description: '`asc`: oldest first · `desc`: newest first, the default but for `after`',
      schema: { type: 'string', enum: ['asc', 'desc'], default: 'desc', example: 'desc' },
    }),
    position('before', 'The messages nearest to this position that are older, newest first; instead of `offset`'),
    position('after', 'The messages nearest to this position that are newer, oldest first; instead of `offset`'),
    formatParameter,
    position('from', 'With a `format` that is a file: the position to begin with'),
    sessionNotFound,
    DocumentCachedAnswer({
      hasFiles: true,
      type: MessagesPageDto,
      description: 'The window',
      headers: {
        'Last-Modified': headerText(
          'The newest message known; left out for an empty session',
          'Thu, 07 Nov 2024 00:23:50 GMT',
        ),
        Link: headerText(
          'RFC 8288: `rel="next"` and `rel="prev"`, relative',
          `</sessions/${SESSION_ID}/messages?limit=20&offset=20&order=desc>; rel="next"`,
        ),
      },
    }),
  );
}

/** Absent by default: Swagger UI fills in the first example, and these contradict `offset`. */
function position(name: string, description: string) {
  return ApiQuery({
    name,
    required: false,
    description,
    schema: { type: 'integer', minimum: 0, maximum: MAX_OFFSET },
    examples: { ...absent('Not given'), given: { summary: 'Such a position', value: 20 } },
  });
}
