import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { DocumentCachedAnswer, headerText, sessionNotFound } from '../http/http.openapi.js';
import { pagingParameters, SESSION_ID, sessionIdParameter } from '../http/parameters.openapi.js';
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
      description: '`asc`: oldest first · `desc`: newest first',
      schema: { type: 'string', enum: ['asc', 'desc'], default: 'desc', example: 'desc' },
    }),
    sessionNotFound,
    DocumentCachedAnswer({
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
