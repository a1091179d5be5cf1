import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiQuery } from '@nestjs/swagger';
import { DocumentCachedAnswer, formatParameter, headerText, sessionNotFound } from '../http/http.openapi.js';
import { absent, identifierSchema, pagingParameters, sessionIdParameter } from '../http/parameters.openapi.js';
import { SessionsPageDto } from './list/sessions-page.dto.js';
import { SessionStateDto } from './state/session-state.dto.js';

/** Nothing is filled in: the default period shows something wherever there is anything. */
const listParameters = [
  ApiQuery({
    name: 'from',
    required: false,
    description: 'RFC 3339, cut to whole seconds; belongs to the period',
    schema: { type: 'string', format: 'date-time' },
    examples: {
      ...absent('24 hours before `to`, or the default period'),
      week: { summary: 'The first week of November 2024', value: '2024-11-01T00:00:00Z' },
      zoned: { summary: 'Midnight in Beijing', value: '2024-11-01T00:00:00+08:00' },
    },
  }),
  ApiQuery({
    name: 'to',
    required: false,
    description: 'RFC 3339, cut to whole seconds; belongs to the period',
    schema: { type: 'string', format: 'date-time' },
    examples: {
      ...absent('24 hours after `from`, or the default period'),
      week: { summary: 'The first week of November 2024', value: '2024-11-07T23:59:59Z' },
      zoned: { summary: 'Midnight in Beijing', value: '2024-11-07T23:59:59+08:00' },
    },
  }),
  ApiQuery({
    name: 'clientId',
    required: false,
    description: 'Only sessions of this client',
    schema: identifierSchema,
    examples: {
      ...absent('Sessions of all clients'),
      one: { summary: 'A client of the simulated desk', value: '1299314544' },
    },
  }),
];

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
    ...listParameters,
    ...pagingParameters,
    formatParameter,
    DocumentCachedAnswer({
      hasFiles: true,
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
    sessionIdParameter,
    sessionNotFound,
    DocumentCachedAnswer({ type: SessionStateDto, description: 'The state' }),
  );
}
