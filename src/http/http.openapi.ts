import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from '../problem/problem.dto.js';
import { FORMATS } from './file-format.js';
import { problemResponse } from '../problem/problem.openapi.js';
import { headerParameters } from './parameters.openapi.js';

export const headerText = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const },
  example,
});

const cachedHeaders = {
  ETag: headerText('Strong, of the body as sent', '"mK3pS1vYw2n0ZbQx4rT6uA8cE9f"'),
  'Cache-Control': headerText('The whole freshness lifetime in seconds', 'private, max-age=60'),
  Age: headerText('Seconds since the desk was asked', '3'),
  'Cache-Status': headerText('RFC 9211: where the answer came from', 'desk-bff; hit; ttl=57; detail=memory'),
  Vary: headerText('What the answer depends on beside the URL', 'Accept-Encoding'),
  'X-Request-Id': headerText('Also in every log line and problem', '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e'),
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
  problemResponse(403, 'forbidden', 'The token lacks the scope that this service asks for'),
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

export interface DocumentedAnswer {
  readonly type: Type;
  readonly description: string;
  /** Also to be had as a file. */
  readonly hasFiles?: boolean;
  /** Headers beside those of all cached answers. */
  readonly headers?: Readonly<Record<string, ReturnType<typeof headerText>>>;
}

/** Of what belongs to one session. */
export const sessionNotFound = problemResponse(404, 'session-not-found', 'The desk does not know the session', {
  upstreamCode: 141010,
});

/** What every GET of a cached resource takes and answers, beside what it is about. */
export function DocumentCachedAnswer({
  type,
  description,
  hasFiles = false,
  headers = {},
}: DocumentedAnswer): MethodDecorator {
  const all = { ...cachedHeaders, ...headers };
  return applyDecorators(
    ApiExtraModels(ProblemDto, type),
    ...headerParameters,
    hasFiles ? fileResponse(type, description, all) : ApiResponse({ status: 200, type, description, headers: all }),
    ApiResponse({ status: 304, description: 'The answer is unchanged', headers: all }),
    ...problems,
  );
}

/** The page, or with `format` the whole collection; a file is never cached and has no entity tag. */
function fileResponse(type: Type, description: string, headers: DocumentedAnswer['headers'] & object): MethodDecorator {
  return ApiResponse({
    status: 200,
    description: `${description}; with \`format\` the whole collection as a file, \`private, no-store\` and without an entity tag`,
    headers: {
      ...headers,
      'Content-Disposition': headerText('Of a file', 'attachment; filename="messages-1.ndjson"'),
    },
    content: {
      'application/json': { schema: { $ref: getSchemaPath(type) } },
      'application/x-ndjson': {
        schema: { type: 'string' },
        example: '{"type":"end","total":0}\n',
      },
      'text/csv': { schema: { type: 'string' } },
    },
  });
}

/** The formats of a resource that is also to be had as a file. */
export const formatParameter = ApiQuery({
  name: 'format',
  required: false,
  description:
    'Without it a page. `ndjson` and `csv`: the whole collection as a file. Only a last line `{"type":"end",…}` says that an ' +
    'ndjson file is whole; a file that fails ends with a cut connection',
  schema: { type: 'string', enum: [...FORMATS], default: 'json', example: 'json' },
});
