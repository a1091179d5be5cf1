import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { DESK_DETAILS } from './problem-of.js';
import { type ProblemCode, type ProblemDetails, problemKinds } from './problem.js';

const INSTANCE = '/sessions/b0f4ca12-4850-4218-a284-efe679a87066/messages';
const REQUEST_ID = '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e';

/** An example body for each code; test/problem-examples.test.ts compares them with real answers. */
const DETAILS: Readonly<Record<ProblemCode, ProblemDetails>> = {
  'invalid-request': {
    detail: 'The request has faults; `errors` lists them.',
    errors: [{ field: 'limit', message: 'must be an integer from 1 to 100' }],
  },
  unauthorized: { detail: 'This needs valid credentials.' },
  forbidden: { detail: 'The token is not good for this.' },
  'session-not-found': { detail: DESK_DETAILS['session-not-found'], upstreamCode: 141010 },
  'not-found': { detail: 'There is nothing at this path.' },
  'method-not-allowed': { detail: 'Only GET and HEAD are allowed here.' },
  'upstream-rate-limited': { detail: DESK_DETAILS['upstream-rate-limited'], upstreamCode: 141009 },
  'too-many-requests': { detail: 'You have used up your requests of this minute. Try again later.' },
  'upstream-rejected': { detail: DESK_DETAILS['upstream-rejected'], upstreamCode: 141000 },
  'upstream-failed': { detail: DESK_DETAILS['upstream-failed'], upstreamCode: 141002 },
  'upstream-timeout': { detail: DESK_DETAILS['upstream-timeout'] },
  unavailable: { detail: DESK_DETAILS.unavailable },
  internal: { detail: 'Something went wrong inside the service.' },
};

/** Headers that only some problems have; those of every answer are in the document's description. */
const HEADERS: Readonly<Record<number, string>> = {
  401: 'WWW-Authenticate',
  403: 'WWW-Authenticate',
  405: 'Allow',
  429: 'Retry-After',
  503: 'Retry-After',
};

/** One row of the table of errors in docs/api.md, with an example of its body for each code. */
export function problemResponse(
  status: number,
  codes: ProblemCode | readonly ProblemCode[],
  description: string,
  details: Partial<ProblemDetails> = {},
): MethodDecorator {
  const header = HEADERS[status];
  const examples = [codes]
    .flat()
    .map((code): [string, ReturnType<typeof example>] => [code, example(status, code, details)]);
  return ApiResponse({
    status,
    description,
    ...(header === undefined ? {} : { headers: { [header]: { $ref: `#/components/headers/${header}` } } }),
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath('Problem') },
        examples: Object.fromEntries(examples),
      },
    },
  });
}

function example(status: number, code: ProblemCode, details: Partial<ProblemDetails>) {
  const { title } = problemKinds[code];
  const value = {
    type: `urn:desk-bff:problem:${code}`,
    title,
    status,
    instance: INSTANCE,
    code,
    requestId: REQUEST_ID,
    // Another detail is another problem of the same code.
    ...(details.detail === undefined ? DETAILS[code] : {}),
    ...details,
  };
  return { summary: title, value };
}
