import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { headersOf } from '../http/headers.openapi.js';
import { accessProblems } from '../http/http.openapi.js';
import { tracingParameters } from '../http/parameters.openapi.js';
import { ProblemDto } from '../problem/problem.dto.js';
import { problemResponse } from '../problem/problem.openapi.js';
import { RunningSessionsDto } from './running-sessions.dto.js';

/** The list of running sessions in /docs and for generated clients. */
export function DocumentRunningSessions(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiOperation({
      operationId: 'listRunningSessions',
      summary: 'Sessions that a webhook reported in the last 30 minutes',
      description:
        'Newest first, at most 1,000, over all replicas. `GET /sessions` probably lists only ended sessions.',
    }),
    ...tracingParameters,
    ApiResponse({
      status: 200,
      type: RunningSessionsDto,
      description: 'The sessions',
      headers: headersOf('Cache-Control', 'X-Request-Id'),
    }),
    problemResponse(400, 'invalid-request', 'There are no parameters here', {
      errors: [{ field: 'limit', message: 'is not a parameter of this resource' }],
    }),
    ...accessProblems,
    problemResponse(404, 'not-found', 'No webhook is set up', { detail: 'No webhook is set up.' }),
    problemResponse(429, 'too-many-requests', 'The caller asks too often; see `Retry-After`'),
    problemResponse(500, 'internal', 'A fault of this service'),
    problemResponse(503, 'unavailable', 'Overload, or shutting down; see `Retry-After`'),
  );
}
