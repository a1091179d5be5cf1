import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ask } from './http.js';
import { type Service, startService } from './service.js';

let service: Service;

beforeAll(async () => {
  service = await startService({});
});

afterAll(() => service.kill());

test('every answer has the headers that keep browsers careful', async () => {
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

test('the document tells how to show who one is, and where that is not needed', async () => {
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
