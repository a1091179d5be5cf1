import { SESSION_ID } from './parameters.openapi.js';

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const }, example });
const seconds = (description: string, minimum: number, example: number) => ({
  description,
  schema: { type: 'integer' as const, minimum },
  example,
});

/** Every header of any answer, described once; answers refer to them. */
export const headerComponents = {
  ETag: text('Strong, of the body as sent', '"mK3pS1vYw2n0ZbQx4rT6uA8cE9f"'),
  'Cache-Control': text(
    '`private, max-age=N`, N being the whole freshness lifetime in seconds; `no-store` where it is not cached',
    'private, max-age=60',
  ),
  Age: seconds('Seconds since the desk was asked', 0, 3),
  'Cache-Status': text('RFC 9211: where the answer came from', 'desk-bff; hit; ttl=57; detail=memory'),
  Vary: text('What the answer depends on besides the URL', 'Accept-Encoding'),
  'Last-Modified': text('The newest message known; left out for an empty session', 'Thu, 07 Nov 2024 00:23:50 GMT'),
  Link: text(
    'RFC 8288: `rel="next"` and `rel="prev"`, relative, with all parameters of the same collection',
    `</sessions/${SESSION_ID}/messages?limit=20&offset=20&order=desc>; rel="next"`,
  ),
  'Content-Disposition': text('Of a file', 'attachment; filename="messages-1.ndjson"'),
  'X-Accel-Buffering': text('`no`: nginx must not hold a stream back', 'no'),
  'X-Request-Id': text('Also in every log line and problem', '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e'),
  'Retry-After': seconds('Seconds after which a call may succeed', 1, 2),
  'WWW-Authenticate': text('How to authenticate', 'Bearer realm="desk-bff"'),
  Allow: text('What is allowed', 'GET, HEAD'),
};

export type HeaderName = keyof typeof headerComponents;

/** These headers of an answer, by reference. */
export function headersOf(...names: readonly HeaderName[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
