import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { problemResponse } from '../problem/problem.openapi.js';
import { MessagesPageDto } from './messages-page.dto.js';
import { parameters, SESSION_ID } from './parameters.openapi.js';
import { ProblemDto } from '../problem/problem.dto.js';

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const }, example });

const pageHeaderDocs = {
  ETag: text('Strong, of the body as sent', '"mK3pS1vYw2n0ZbQx4rT6uA8cE9f"'),
  'Last-Modified': text('The newest message known; left out for an empty session', 'Thu, 07 Nov 2024 00:23:50 GMT'),
  'Cache-Control': text('The whole freshness lifetime in seconds', 'private, max-age=60'),
  Age: text('Seconds since the desk was asked', '3'),
  'Cache-Status': text('RFC 9211: where the answer came from', 'desk-bff; hit; ttl=57; detail=memory'),
  Vary: text('What the answer depends on beside the URL', 'Accept-Encoding'),
  Link: text(
    'RFC 8288: `rel="next"` and `rel="prev"`, relative',
    `</sessions/${SESSION_ID}/messages?limit=20&offset=20&order=desc>; rel="next"`,
  ),
  'X-Request-Id': text('Also in every log line and problem', '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e'),
};

const problems = [
  problemResponse(
    400,
    'invalid-request',
    'A parameter is not as it should be; `errors` lists every fault, or the first 20',
    {
      errors: [{ field: 'limit', message: 'must be an integer from 1 to 100' }],
    },
  ),
  problemResponse(401, 'unauthorized', 'No or wrong credentials'),
  problemResponse(404, 'session-not-found', 'The desk does not know the session', { upstreamCode: 141010 }),
  problemResponse(405, 'method-not-allowed', 'Only GET and HEAD; see `Allow`'),
  problemResponse(413, 'invalid-request', 'The request has a body of more than 16 KB'),
  problemResponse(
    429,
    'upstream-rate-limited',
    'The desk limits calls, or (`too-many-requests`) the caller asks too often; see `Retry-After`',
    {
      upstreamCode: 141009,
    },
  ),
  problemResponse(431, 'invalid-request', 'The request headers are larger than 16 KB'),
  problemResponse(500, 'internal', 'A fault of this service'),
  problemResponse(502, 'upstream-failed', 'The desk failed, or (`upstream-rejected`) refuses this service', {
    upstreamCode: 141002,
  }),
  problemResponse(503, 'unavailable', 'Overload, open breaker, locked out or shutting down; see `Retry-After`'),
  problemResponse(504, 'upstream-timeout', 'The desk did not answer in time'),
];

/** The resource as /docs and generated clients see it; contract and code are compared by the tests. */
export function DocumentMessages(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiOperation({
      operationId: 'listMessages',
      summary: "A window of a session's chat messages",
      description: 'HEAD answers the same without a body. Positions count from the oldest message on, which is 0.',
    }),
    ...parameters,
    ApiResponse({ status: 200, type: MessagesPageDto, description: 'The window', headers: pageHeaderDocs }),
    ApiResponse({ status: 304, description: 'The page is unchanged', headers: pageHeaderDocs }),
    ...problems,
  );
}
