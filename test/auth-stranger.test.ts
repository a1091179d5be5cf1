import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask, speak } from './http.js';
import { type Service, startService } from './service.js';

const KEY = { 'x-api-key': 'key' };
const API_KEYS = `ann:${createHash('sha256').update('key').digest('hex')}`;

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({ DESK_BASE_URL: simulator.url, AUTH_MODE: 'api-key', API_KEYS });
  await ask(service, '/sessions/long-session/messages', { headers: KEY });
  simulator.forgetCalls();
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

const UNDER_SESSIONS = [
  '/sessions',
  '/sessions/',
  '/sessions?x',
  '/sessions/long-session/messages',
  '/sessions/long-session/messages?limit=0&foo=1',
  '/sessions/not-there/messages',
  '/sessions//messages',
  '/sessions/a%20b/messages',
  '/sessions/%ff/messages',
  '/sessions/%zz/messages',
  '/sessions/%/messages',
  `/sessions/${'a'.repeat(12_000)}/messages`,
  '/sessions/long-session/notes',
  '/sessions/../health/live',
  '/%73essions/long-session/messages',
  '/sessions%2Flong-session/messages',
  '/sessions%2flong-session/%ff',
];

test.each(UNDER_SESSIONS)('an unauthenticated request gets the same 401 whatever else is wrong: %s', async (path) => {
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE']) {
    const body = method === 'POST' ? 'x'.repeat(20_000) : '';
    const answer = await ask(service, path, { method, body, headers: { 'content-type': 'application/json' } });
    expect([method, answer.status]).toEqual([method, 401]);
    if (method !== 'HEAD') expect(answer.json()).toMatchObject({ code: 'unauthorized' });
    expect(answer.headers['x-request-id']).toMatch(/^[\w.-]+$/);
    expect(answer.headers).not.toHaveProperty('etag');
    expect(answer.headers).not.toHaveProperty('allow');
  }
});

test('an unauthenticated request with a malformed body gets no second answer after the 401', async () => {
  const head = 'GET /sessions/long-session/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const answers = await speak(service, `${head}5\r\nhello\r\n`, 'zz\r\n');
  expect(answers.map(({ status }) => status)).toEqual([401]);
});

test('no unauthenticated request reached the desk, and a caller is told what is wrong', async () => {
  expect(simulator.calls).toHaveLength(0);
  const statuses = [];
  for (const path of UNDER_SESSIONS) statuses.push((await ask(service, path, { headers: KEY })).status);
  expect(statuses).toEqual([200, 404, 400, 200, 400, 404, 400, 400, 400, 400, 400, 400, 404, 404, 200, 404, 404]);
});

test('raw targets, missing hosts and odd expectations without credentials are 401 as well', async () => {
  for (const head of [
    'GET http://other.host/sessions/long-session/messages HTTP/1.1\r\nHost: a',
    'GET /sessions/long-session/messages HTTP/1.1',
    'GET /sessions/long-session/messages HTTP/1.1\r\nHost: a\r\nHost: b',
    'GET /sessions/long-session/messages HTTP/1.1\r\nHost: a\r\nExpect: wonders',
    'GET /sessions#/long-session/messages HTTP/1.1\r\nHost: a',
    'POST /sessions/long-session/messages HTTP/1.1\r\nHost: a\r\nContent-Type: ;;',
  ]) {
    const [answer] = await speak(service, `${head}\r\nConnection: close\r\n\r\n`);
    expect([head, answer?.status]).toEqual([head, 401]);
  }
});

test('an unknown path elsewhere is 404 for everybody, and routes without data are public', async () => {
  for (const path of ['/nothing', '/%ff', '/sessionsx', '/Sessions/a/messages', '//sessions/a/messages']) {
    expect([path, (await ask(service, path)).status]).toEqual([path, 404]);
    expect([path, (await ask(service, path, { headers: KEY })).status]).toEqual([path, 404]);
  }
  for (const path of ['/health/live', '/health/ready', '/docs', '/openapi.json']) {
    expect([path, (await ask(service, path, { headers: { 'x-api-key': 'wrong' } })).status]).toEqual([path, 200]);
  }
});

test('/metrics needs a key, unless METRICS_PUBLIC', async () => {
  for (const path of ['/metrics', '/metrics/', '/%6detrics', '/metrics?x']) {
    for (const method of ['GET', 'POST']) expect((await ask(service, path, { method })).status).toBe(401);
  }
  expect((await ask(service, '/metrics', { headers: KEY })).status).toBe(200);
  const open = await startService({ AUTH_MODE: 'api-key', API_KEYS, METRICS_PUBLIC: 'true' });
  expect((await ask(open, '/metrics')).status).toBe(200);
  expect((await ask(open, '/sessions')).status).toBe(401);
  await open.kill();
});
