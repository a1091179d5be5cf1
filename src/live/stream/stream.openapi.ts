import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { IDENTIFIER_PATTERN } from '../../http/identifier.js';
import { MAX_OFFSET } from '../../http/paging.js';
import { ProblemDto } from '../../problem/problem.dto.js';
import { problemResponse } from '../../problem/problem.openapi.js';

const EXAMPLE = 'retry: 3127\nevent: ready\nid: 26\ndata: {"total":26}\n\n';
const SESSION_ID = 'b0f4ca12-4850-4218-a284-efe679a87066';

/** The stream as /docs and generated clients see it. */
export function DocumentStream(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiOperation({
      operationId: 'streamMessages',
      summary: "A session's messages as they come",
      description:
        'Server-sent events. `ready` {total}; `messages` {messages, total}, oldest first; `edited` {messages}: messages that ' +
        'read differently now; `reset` {total}: positions mean nothing any more, read the page again. Each `id` is the ' +
        'position to go on from. HEAD answers the headers.',
    }),
    ApiParam({
      name: 'sessionId',
      schema: { type: 'string', minLength: 1, maxLength: 128, pattern: IDENTIFIER_PATTERN, example: SESSION_ID },
    }),
    ApiQuery({
      name: 'from',
      required: false,
      description: 'The position to begin at; without it and without `Last-Event-ID`, now',
      schema: { type: 'integer', minimum: 0, maximum: MAX_OFFSET, example: 0 },
    }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'The `id` of the last event that was seen; goes before `from`',
      examples: {
        absent: { summary: 'The client has seen no event yet', value: '' },
        seen: { summary: 'It has seen those before position 26', value: '26' },
      },
    }),
    ApiResponse({
      status: 200,
      description: 'The stream, until the token expires, the service stops or the session is gone',
      content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
    }),
    problemResponse(400, 'invalid-request', 'The id, `from` or `Last-Event-ID` is not as it should be', {
      errors: [{ field: 'from', message: 'must be an integer from 0 to 2147483647' }],
    }),
    problemResponse(401, 'unauthorized', 'No or wrong credentials'),
    problemResponse(403, 'forbidden', 'The token lacks the scope that this service asks for'),
    problemResponse(404, 'session-not-found', 'The desk does not know the session', { upstreamCode: 141010 }),
    problemResponse(405, 'method-not-allowed', 'Only GET and HEAD; see `Allow`'),
    problemResponse(429, 'upstream-rate-limited', 'The desk limits calls, or the caller asks too often'),
    problemResponse(500, 'internal', 'A fault of this service'),
    problemResponse(502, 'upstream-failed', 'The desk failed, or refuses this service', { upstreamCode: 141002 }),
    problemResponse(503, 'unavailable', 'Too many streams are open, or the desk is not asked; see `Retry-After`'),
    problemResponse(504, 'upstream-timeout', 'The desk did not answer in time'),
  );
}
