import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { headerText } from '../http/http.openapi.js';
import { ProblemDto } from '../problem/problem.dto.js';
import { problemResponse } from '../problem/problem.openapi.js';
import { RunningSessionsDto } from './running-sessions.dto.js';

/** The running sessions as /docs and generated clients see them. */
export function DocumentRunningSessions(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiOperation({
      operationId: 'listRunningSessions',
      summary: 'Sessions that a webhook told of in the last 30 minutes',
      description:
        'Newest first, at most 1,000, over all replicas. The list of sessions has most likely only ended ones.',
    }),
    ApiResponse({
      status: 200,
      type: RunningSessionsDto,
      description: 'The sessions',
      headers: {
        'Cache-Control': headerText('It is never cached', 'no-store'),
        'X-Request-Id': headerText('Also in every log line and problem', '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e'),
      },
    }),
    problemResponse(400, 'invalid-request', 'There are no parameters here', {
      errors: [{ field: 'limit', message: 'is not a parameter of this resource' }],
    }),
    problemResponse(401, 'unauthorized', 'No or wrong credentials'),
    problemResponse(403, 'forbidden', 'The token lacks the scope that this service asks for'),
    problemResponse(404, 'not-found', 'No webhook is set up'),
    problemResponse(405, 'method-not-allowed', 'Only GET and HEAD; see `Allow`'),
    problemResponse(429, 'too-many-requests', 'The caller asks too often; see `Retry-After`'),
    problemResponse(500, 'internal', 'A fault of this service'),
    problemResponse(503, 'unavailable', 'Overload, or shutting down; see `Retry-After`'),
  );
}
