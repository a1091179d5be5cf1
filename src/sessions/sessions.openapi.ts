import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery } from '@nestjs/swagger';
import { DocumentCachedAnswer, headerText } from '../http/http.openapi.js';
import { IDENTIFIER_PATTERN } from '../http/identifier.js';
import { MAX_LIMIT, MAX_OFFSET } from '../http/paging.js';
import { SessionsPageDto } from './list/sessions-page.dto.js';
import { SessionStateDto } from './state/session-state.dto.js';

/** The list of sessions as /docs and generated clients see it. */
export function DocumentSessions(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'listSessions',
      summary: 'Sessions of a period',
      description:
        'Without `from` and `to`: the 24 hours up to the last second of the current minute; with one of them, the other is ' +
        '24 hours away. The order is the desk’s own. HEAD answers the same without a body.',
    }),
    ApiQuery({
      name: 'from',
      required: false,
      description: 'RFC 3339',
      schema: { type: 'string', format: 'date-time' },
    }),
    ApiQuery({ name: 'to', required: false, description: 'RFC 3339', schema: { type: 'string', format: 'date-time' } }),
    ApiQuery({
      name: 'clientId',
      required: false,
      description: 'Only sessions of this client',
      schema: { type: 'string', minLength: 1, maxLength: 128, pattern: IDENTIFIER_PATTERN },
    }),
    ApiQuery({
      name: 'limit',
      required: false,
      schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: 20 },
    }),
    ApiQuery({
      name: 'offset',
      required: false,
      schema: { type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0 },
    }),
    DocumentCachedAnswer({
      type: SessionsPageDto,
      description: 'The window of the list',
      headers: {
        Link: headerText(
          'RFC 8288: `rel="next"` and `rel="prev"`, relative, with the period spelt out',
          '</sessions?from=2024-10-31T16:00:00Z&to=2024-11-01T15:59:59Z&limit=20&offset=20>; rel="next"',
        ),
      },
    }),
  );
}

/** The state of a session as /docs and generated clients see it. */
export function DocumentSessionState(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'getSessionState',
      summary: 'Who serves a session now',
      description:
        'HEAD answers the same without a body. A state may change at any moment, so it is fresh for a short time.',
    }),
    ApiParam({
      name: 'sessionId',
      schema: { type: 'string', minLength: 1, maxLength: 128, pattern: IDENTIFIER_PATTERN },
      example: 'b0f4ca12-4850-4218-a284-efe679a87066',
    }),
    DocumentCachedAnswer({ type: SessionStateDto, description: 'The state' }),
  );
}
