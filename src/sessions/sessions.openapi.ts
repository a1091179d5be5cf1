import { applyDecorators } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { DocumentCachedAnswer, formatParameter, sessionNotFound } from '../http/http.openapi.js';
import {
  identifierSchema,
  optionalParameter,
  pagingParameters,
  sessionIdParameter,
} from '../http/parameters.openapi.js';
import { SessionsPageDto } from './list/sessions-page.dto.js';
import { LIST_FILES, listExamples, stateExamples } from './sessions.examples.openapi.js';
import { SessionStateDto } from './state/session-state.dto.js';

/** Nothing is filled in: the default period shows something if there is any session. */
const listParameters = [
  optionalParameter(
    'from',
    'RFC 3339, truncated to whole seconds; inclusive. Without it 24 hours before `to`, or the default period',
    { type: 'string', format: 'date-time' },
    '2024-11-01T00:00:00Z',
    '2024-11-01T00:00:00+08:00',
  ),
  optionalParameter(
    'to',
    'RFC 3339, truncated to whole seconds; inclusive. Without it 24 hours after `from`, or the default period',
    { type: 'string', format: 'date-time' },
    '2024-11-07T23:59:59Z',
    '2024-11-07T23:59:59+08:00',
  ),
  optionalParameter('clientId', 'Only sessions of this client', identifierSchema, '1299314544'),
];

/** The list of sessions in /docs and for generated clients. */
export function DocumentSessions(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'listSessions',
      summary: 'Sessions of a period',
      description:
        'Without `from` and `to`: the 24 hours up to the last second of the current minute; with one of them, the other is ' +
        '24 hours away. The order is the desk’s own.',
    }),
    ...listParameters,
    ...pagingParameters,
    formatParameter,
    DocumentCachedAnswer({
      type: SessionsPageDto,
      description: 'The window of the list',
      headers: ['Link'],
      files: LIST_FILES,
      examples: listExamples,
    }),
  );
}

/** The state of a session in /docs and for generated clients. */
export function DocumentSessionState(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'getSessionState',
      summary: 'Who serves a session now',
      description: 'A state may change at any moment, so it is fresh for a short time.',
    }),
    sessionIdParameter,
    sessionNotFound,
    DocumentCachedAnswer({ type: SessionStateDto, description: 'The state', examples: stateExamples }),
  );
}
