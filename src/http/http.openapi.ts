import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from '../problem/problem.dto.js';
import { problemResponse } from '../problem/problem.openapi.js';
import { FORMATS } from './file-format.js';
import { type HeaderName, headersOf } from './headers.openapi.js';
import { headerParameters } from './parameters.openapi.js';

const CACHED_HEADERS = ['ETag', 'Cache-Control', 'Age', 'Cache-Status', 'Vary', 'X-Request-Id'] as const;

/** Answers to callers without credentials or scope, and to a wrong method. */
export const accessProblems = [
  problemResponse(401, 'unauthorized', 'No or wrong credentials'),
  problemResponse(403, 'forbidden', 'The token lacks the scope that this service asks for'),
  problemResponse(405, 'method-not-allowed', 'Only GET and HEAD; see `Allow`'),
];

const problems = [
  problemResponse(400, 'invalid-request', 'A parameter is invalid; `errors` lists every fault, or the first 20'),
  ...accessProblems,
  problemResponse(413, 'invalid-request', 'The request has a body of more than 16 KB', {
    detail: 'The request is too large.',
  }),
  problemResponse(
    429,
    ['upstream-rate-limited', 'too-many-requests'],
    'The desk limits calls, or the caller asks too often; see `Retry-After`',
  ),
  problemResponse(431, 'invalid-request', 'The request headers are larger than 16 KB', {
    detail: 'The request headers are too large.',
  }),
  problemResponse(500, 'internal', 'A fault of this service'),
  problemResponse(502, ['upstream-failed', 'upstream-rejected'], 'The desk failed, or refuses this service'),
  problemResponse(503, 'unavailable', 'Overload, open breaker, locked out or shutting down; see `Retry-After`'),
  problemResponse(504, 'upstream-timeout', 'The desk did not answer in time'),
];

/** Named examples of a body. */
export type Examples = Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;

interface DocumentedAnswer {
  readonly type: Type;
  readonly description: string;
  /** Examples of the files, if the resource has any. */
  readonly files?: { readonly ndjson: string; readonly csv: string };
  /** Headers besides those of all cached answers. */
  readonly headers?: readonly HeaderName[];
  readonly examples: Examples;
}

/** For a resource that belongs to one session. */
export const sessionNotFound = problemResponse(404, 'session-not-found', 'The desk does not know the session');

/** The parameters and answers that all GETs of cached resources share. */
export function DocumentCachedAnswer({
  type,
  description,
  files,
  headers = [],
  examples,
}: DocumentedAnswer): MethodDecorator {
  const all = headersOf(...CACHED_HEADERS, ...headers);
  const json = { 'application/json': { schema: { $ref: getSchemaPath(type) }, examples } };
  const whole = '; with `format` the whole collection as a file, `private, no-store` and without an entity tag';
  return applyDecorators(
    ApiExtraModels(ProblemDto, type),
    ...headerParameters,
    ApiResponse({
      status: 200,
      description: files === undefined ? description : `${description}${whole}`,
      headers: { ...all, ...(files === undefined ? {} : headersOf('Content-Disposition')) },
      content: {
        ...json,
        ...(files === undefined
          ? {}
          : {
              'application/x-ndjson': { schema: { type: 'string' }, example: files.ndjson },
              'text/csv': { schema: { type: 'string' }, example: files.csv },
            }),
      },
    }),
    ApiResponse({ status: 304, description: 'The answer is unchanged', headers: all }),
    ...problems,
  );
}

/** The formats of a resource that can also be read as a file. */
export const formatParameter = ApiQuery({
  name: 'format',
  required: false,
  description:
    'Without it a page. `ndjson` and `csv`: the whole collection as a file. Only a last line `{"type":"end",…}` shows that an ' +
    'ndjson file is complete; a file that fails ends with a closed connection',
  schema: { type: 'string', enum: [...FORMATS], default: 'json', example: 'json' },
});
