import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ask } from './http.js';
import { type Service, startService } from './service.js';

let service: Service;

beforeAll(async () => {
  service = await startService({});
});

afterAll(() => service.kill());

test('every answer has the security headers', async () => {
  for (const path of ['/docs', '/health/live', '/nothing', '/sessions/a%20b/messages']) {
    const { headers } = await ask(service, path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    const csp = headers['content-security-policy'] ?? '';
    expect(csp).toContain("default-src 'self'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).toContain("script-src 'self';");
    expect(csp).not.toContain('upgrade-insecure-requests');
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
  }
});

test('the document says how to authenticate, and where that is not needed', async () => {
  const document = (await ask(service, '/openapi.json')).json();
  const credentials = [{ apiKey: [] }, { bearer: [] }];
  expect(document).toMatchObject({
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
      },
    },
    paths: {
      '/sessions/{sessionId}/messages': { get: { security: credentials, responses: { 401: {} } } },
      '/metrics': { get: { security: credentials, responses: { 401: {} } } },
      '/health/live': { get: { security: [] } },
      '/health/ready': { get: { security: [] } },
    },
  });
});

test('every parameter has an example where clients other than a browser find it as well', async () => {
  const document = (await ask(service, '/openapi.json')).json();
  const parameters = [
    { name: 'sessionId', schema: { example: 'b0f4ca12-4850-4218-a284-efe679a87066' } },
    { name: 'limit', schema: { example: 20 } },
    { name: 'offset', schema: { example: 0 } },
    { name: 'order', schema: { example: 'desc' } },
    { name: 'before', schema: { examples: [20] } },
    { name: 'after', schema: { examples: [20] } },
    { name: 'format', schema: { example: 'json' } },
    { name: 'from', schema: { examples: [20] } },
    { name: 'If-None-Match', examples: { absent: { value: '' }, any: { value: '*' } } },
    { name: 'Cache-Control', examples: { absent: { value: '' }, anew: { value: 'no-cache' } } },
    { name: 'X-Request-Id', examples: { absent: { value: '' }, own: {} } },
    { name: 'traceparent', examples: { absent: { value: '' }, sampled: {} } },
  ];
  expect(document).toMatchObject({ paths: { '/sessions/{sessionId}/messages': { get: { parameters } } } });
});

test('the document has HEAD with the same headers, and no names of the code', async () => {
  const document = (await ask(service, '/openapi.json')).json();
  const age = { $ref: '#/components/headers/Age' };
  expect(document).toMatchObject({
    components: { headers: { Age: { schema: { type: 'integer' } }, 'Retry-After': { schema: { type: 'integer' } } } },
    paths: {
      '/sessions/{sessionId}/messages': {
        get: { responses: { 200: { headers: { Age: age }, content: {} } } },
        head: { responses: { 200: { headers: { Age: age } }, 429: {} } },
      },
    },
  });
  expect(document).not.toHaveProperty(['paths', '/sessions', 'head', 'responses', '200', 'content']);
  expect(JSON.stringify(document)).not.toMatch(/\w+Dto\b/);
});

test('the document describes the stream, with an example of every parameter', async () => {
  const document = (await ask(service, '/openapi.json')).json();
  const named = (name: string, fields: object): unknown => expect.objectContaining({ name, ...fields });
  const example = { schema: expect.objectContaining({ example: 'b0f4ca12-4850-4218-a284-efe679a87066' }) as unknown };
  const parameters = expect.arrayContaining([
    named('sessionId', example),
    named('from', { schema: expect.objectContaining({ examples: [0] }) }),
    named('Last-Event-ID', { examples: expect.objectContaining({ seen: expect.objectContaining({ value: '26' }) }) }),
  ]) as unknown;
  const responses = { 200: { content: { 'text/event-stream': {} } }, 401: {}, 404: {}, 503: {} };
  expect(document).toMatchObject({
    paths: { '/sessions/{sessionId}/messages/stream': { get: { parameters, responses } } },
  });
});
