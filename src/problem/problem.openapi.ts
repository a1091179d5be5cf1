import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { type ProblemCode, type ProblemDetails, problemKinds } from './problem.js';

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const },
  example,
});

/** One row of the contract's table of errors, with an example of its body. */
export function problemResponse(
  status: number,
  code: ProblemCode,
  description: string,
  details: Pick<ProblemDetails, 'errors' | 'upstreamCode'> = {},
): MethodDecorator {
  const isTemporary = status === 429 || status === 503;
  return ApiResponse({
    status,
    description,
    headers: {
      'X-Request-Id': header('Also in every log line', '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e'),
      'Cache-Control': header('Problems are never cached', 'no-store'),
      ...(isTemporary ? { 'Retry-After': header('Seconds after which a call may succeed', '2') } : {}),
      ...(status === 401 ? { 'WWW-Authenticate': header('How to authenticate', 'Bearer realm="desk-bff"') } : {}),
      ...(status === 405 ? { Allow: header('What is allowed', 'GET, HEAD') } : {}),
    },
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath('Problem') },
        example: {
          type: `urn:desk-bff:problem:${code}`,
          title: problemKinds[code].title,
          status,
          detail: description,
          instance: '/sessions/b0f4ca12-4850-4218-a284-efe679a87066/messages',
          code,
          requestId: '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e',
          ...details,
        },
      },
    },
  });
}
