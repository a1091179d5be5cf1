import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { headersOf } from '../../http/headers.openapi.js';
import { accessProblems, sessionNotFound } from '../../http/http.openapi.js';
import { MAX_OFFSET } from '../../http/paging.js';
import { optionalParameter, sessionIdParameter, tracingParameters } from '../../http/parameters.openapi.js';
import { ProblemDto } from '../../problem/problem.dto.js';
import { problemResponse } from '../../problem/problem.openapi.js';

const EXAMPLE = 'retry: 3127\nevent: ready\nid: 26\ndata: {"total":26}\n\n';

/** The stream in /docs and for generated clients. */
export function DocumentStream(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiOperation({
      operationId: 'streamMessages',
      summary: "A session's messages as they come",
      description:
        'Server-sent events. `ready` {total}; `messages` {messages, total}, oldest first; `edited` {messages}: messages that ' +
        'read differently now; `reset` {total}: positions mean nothing any more, read the page again. Each `id` is the ' +
        'position to continue from. HEAD answers the headers.',
    }),
    sessionIdParameter,
    optionalParameter(
      'from',
      'The position to begin at; without it and without `Last-Event-ID`, now',
      { type: 'integer', minimum: 0, maximum: MAX_OFFSET },
      0,
    ),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'The `id` of the last event received; takes precedence over `from`',
      examples: {
        absent: { summary: 'The client has seen no event yet', value: '' },
        seen: { summary: 'It has received those before position 26', value: '26' },
      },
    }),
    ...tracingParameters,
    ApiResponse({
      status: 200,
      description: 'The stream, until the token expires, the service stops or the session is gone',
      headers: headersOf('Cache-Control', 'X-Accel-Buffering', 'X-Request-Id'),
      content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
    }),
    problemResponse(
      400,
      'invalid-request',
      'The id, `from` or `Last-Event-ID` is invalid; `errors` lists every fault, or the first 20',
      {
        errors: [{ field: 'from', message: 'must be an integer from 0 to 2147483647' }],
      },
    ),
    ...accessProblems,
    sessionNotFound,
    problemResponse(
      429,
      ['upstream-rate-limited', 'too-many-requests'],
      'The desk limits calls, or the caller asks too often; see `Retry-After`',
    ),
    problemResponse(500, 'internal', 'A fault of this service'),
    problemResponse(502, ['upstream-failed', 'upstream-rejected'], 'The desk failed, or refuses this service'),
    problemResponse(503, 'unavailable', 'Too many streams are open, or the desk is not asked; see `Retry-After`'),
    problemResponse(504, 'upstream-timeout', 'The desk did not answer in time'),
  );
}
