import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { type Service, startService } from './service.js';

const PATH = '/sessions/long-session/messages';
const ORIGIN = 'https://dashboard.example';
const KEY = { 'x-api-key': 'key' };
const PREFLIGHT = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-api-key' };
const EXPOSED =
  'etag retry-after link age x-request-id cache-status last-modified cache-control vary www-authenticate'.split(' ');

let simulator: Simulator;
let service: Service;
let closed: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  const environment = {
    DESK_BASE_URL: simulator.url,
    AUTH_MODE: 'api-key',
    API_KEYS: `ann:${createHash('sha256').update('key').digest('hex')}`,
  };
  closed = await startService(environment);
  service = await startService({ ...environment, CORS_ORIGINS: `${ORIGIN}, http://localhost:5173` });
});

afterAll(async () => {
  await Promise.all([service.kill(), closed.kill()]);
  await simulator.close();
});

test('a page and a problem may be read by scripts of the configured origins', async () => {
  for (const [path, headers, status] of [
    [PATH, KEY, 200],
    [`${PATH}?limit=0`, KEY, 400],
    [PATH, {}, 401],
    ['/sessions/%ff/messages', {}, 401],
    ['/nothing', {}, 404],
  ] as const) {
    const answer = await ask(service, path, { headers: { ...headers, origin: ORIGIN } });
    expect(answer.status).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(answer.headers['access-control-expose-headers']?.toLowerCase().split(', ')).toEqual(
      expect.arrayContaining(EXPOSED),
    );
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  }
});

test('Vary names Origin, and Accept-Encoding if that matters, for every request', async () => {
  for (const origin of [ORIGIN, 'https://elsewhere.example', undefined]) {
    const headers = origin === undefined ? KEY : { ...KEY, origin };
    const page = await ask(service, PATH, { headers: { ...headers, 'accept-encoding': 'gzip' } });
    expect(page.headers.vary?.split(', ').sort()).toEqual(['Accept-Encoding', 'Origin']);
    const etag = page.headers.etag ?? '';
    const unchanged = await ask(service, PATH, {
      headers: { ...headers, 'accept-encoding': 'gzip', 'if-none-match': etag },
    });
    expect([unchanged.status, unchanged.headers.vary]).toEqual([304, page.headers.vary]);
    expect((await ask(service, '/health/live', { headers })).headers.vary).toBe('Origin');
  }
  expect((await ask(closed, PATH, { headers: { ...KEY, origin: ORIGIN } })).headers.vary).toBe('Accept-Encoding');
});

test('a preflight needs no credentials', async () => {
  const answer = await ask(service, PATH, { method: 'OPTIONS', headers: { origin: ORIGIN, ...PREFLIGHT } });
  expect([answer.status, answer.text]).toEqual([204, '']);
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers':
      'X-API-Key, Authorization, If-None-Match, Cache-Control, X-Request-Id, traceparent, Last-Event-ID',
    'access-control-max-age': '600',
    vary: 'Origin',
  });
});

test('other origins get nothing, and OPTIONS that is no preflight is a wrong method', async () => {
  for (const origin of ['https://elsewhere.example', `${ORIGIN}.evil.example`, 'null', ORIGIN.toUpperCase()]) {
    const page = await ask(service, PATH, { headers: { ...KEY, origin } });
    expect(page.status).toBe(200);
    expect(Object.keys(page.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = await ask(service, PATH, { method: 'OPTIONS', headers: { origin, ...PREFLIGHT } });
    expect(preflight.status).toBe(401);
  }
  const bare = await ask(service, PATH, { method: 'OPTIONS', headers: { origin: ORIGIN } });
  expect(bare.status).toBe(401);
  const known = await ask(service, PATH, { method: 'OPTIONS', headers: { origin: ORIGIN, ...KEY } });
  expect([known.status, known.headers.allow]).toEqual([405, 'GET, HEAD']);
});

test('without CORS_ORIGINS there is none', async () => {
  const answer = await ask(closed, PATH, { headers: { ...KEY, origin: ORIGIN } });
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  const preflight = await ask(closed, PATH, { method: 'OPTIONS', headers: { origin: ORIGIN, ...PREFLIGHT } });
  expect(preflight.status).toBe(401);
});
