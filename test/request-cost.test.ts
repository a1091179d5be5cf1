import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { costOf } from './cpu-cost.js';
import { ask } from './http.js';
import { type Service, startService } from './service.js';

/** The bound of SECURITY.md for whatever fits into 16 KB of headers. */
const BOUND_MS = 5;
const FILLED_BYTES = 15_500;

const PATH = '/sessions/long-session/messages';
const KEY = 'X-API-Key: ann-key\r\n';

let simulator: Simulator;
let service: Service;
let limited: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  const environment = {
    DESK_BASE_URL: simulator.url,
    AUTH_MODE: 'api-key',
    API_KEYS: `ann:${createHash('sha256').update('ann-key').digest('hex')}`,
    METRICS_PUBLIC: 'true',
    CACHE_FRESH_MIN_MS: '600000',
    CACHE_FRESH_MAX_MS: '600000',
  };
  [service, limited] = await Promise.all([
    startService({ ...environment, RATE_LIMIT_PER_MINUTE: '0' }),
    startService({ ...environment, RATE_LIMIT_PER_MINUTE: '1' }),
  ]);
  // The first time is expensive for any process; the first request of `limited` uses its caller's limit up.
  for (const one of [service, limited]) {
    for (const target of [PATH, `${PATH}?limit=0`, '/%zz', '/nothing']) {
      await costOf(one, () => request(target, KEY), 0);
    }
  }
});

afterAll(async () => {
  await Promise.all([service.kill(), limited.kill()]);
  await simulator.close();
});

function request(target: string, lines = '', method = 'GET'): string {
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines}`;
}

function filled(unit: string): string {
  return unit.repeat(FILLED_BYTES / unit.length);
}

/** As many different names as fit. */
function names(i: number): string {
  return Array.from({ length: 3400 }, (_, name) => (i * 3400 + name).toString(36))
    .join('&')
    .slice(0, FILLED_BYTES);
}

/** Header lines of four bytes each, fewer than 1,000: of more, Node 20 keeps 2,000 and Node 24 answers 431. */
function manyLines(): string {
  return Array.from({ length: 900 }, (_, i) => `${i.toString(36)}:\r\n`)
    .join('')
    .slice(0, FILLED_BYTES);
}

async function expectCheap(of: Service, bytesOf: (i: number) => string, status: number): Promise<void> {
  const { cpuMs, answers } = await costOf(of, bytesOf, BOUND_MS);
  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([status]));
  expect(answers).toHaveLength(20);
  expect(cpuMs).toBeLessThanOrEqual(BOUND_MS);
}

describe('no request costs more than 5 ms of CPU', () => {
  test.each<[what: string, status: number, bytesOf: (i: number) => string]>([
    ['a path of %', 404, () => request(`/${filled('%')}`)],
    ['a path of %zz', 404, () => request(`/${filled('%zz')}`)],
    ['a path of bytes that are no UTF-8', 404, () => request(`/${filled('%80%zz')}`)],
    [
      'a path of half characters, with a method that is not allowed',
      404,
      () => request(`/${filled('%c3%')}`, '', 'DELETE'),
    ],
    ['a session id of %, of a stranger', 401, () => request(`/sessions/${filled('%')}/messages`)],
    ['a session id of %', 400, () => request(`/sessions/${filled('%')}/messages`, KEY)],
    ['a file of Swagger UI in many folders', 400, () => request(`/docs/${filled('a/')}`)],
    ['a query of different names', 400, (i) => request(`${PATH}?${names(i)}`, KEY)],
    ['a query of bytes that are no UTF-8', 400, () => request(`${PATH}?${filled('%ff&')}`, KEY)],
    ['a query of one name', 400, () => request(`${PATH}?${filled('limit=1&')}`, KEY)],
    ['If-None-Match of quotes', 200, () => request(PATH, `${KEY}If-None-Match: ${filled('"')}\r\n`)],
    ['Accept-Encoding of commas', 200, (i) => request(PATH, `${KEY}Accept-Encoding: ${i}${filled(',')}\r\n`)],
    ['Accept-Encoding of semicolons', 200, (i) => request(PATH, `${KEY}Accept-Encoding: ${i}${filled(';')}\r\n`)],
    ['Cache-Control of blanks', 200, () => request(PATH, `${KEY}Cache-Control: ${filled(', ')}x\r\n`)],
    ['Authorization of blanks', 401, () => request(PATH, `Authorization: Bearer ${filled(' ')}a b\r\n`)],
    ['an API key that nobody has', 401, (i) => request(PATH, `X-API-Key: ${i}${filled('x')}\r\n`)],
    ['Cookie', 200, () => request(PATH, `${KEY}Cookie: ${filled('a=b; ')}\r\n`)],
    ['900 headers', 200, () => request(PATH, KEY + manyLines())],
    ['one header 900 times', 200, () => request(PATH, KEY + 'a:\r\n'.repeat(900))],
    [
      'a media type of parameters',
      404,
      (i) => request('/nothing', `Content-Type: a/b${i}${filled(';a="\\"')}\r\n`, 'POST'),
    ],
  ])('%s', async (_what, status, bytesOf) => {
    await expectCheap(service, bytesOf, status);
  });

  test('a query of different names, of a caller over the limit', async () => {
    await expectCheap(limited, (i) => request(`${PATH}?${names(i)}`, KEY), 429);
  });
});

test('a caller over the limit is told so before anything else of the request is examined', async () => {
  const headers = { 'x-api-key': 'ann-key' };
  for (const [path, more] of [
    [`${PATH}?${names(0)}`, {}],
    ['/sessions/%zz/messages', {}],
    [PATH, { expect: 'anything' }],
    [PATH, { host: 'a, b' }],
  ] as const) {
    const answer = await ask(limited, path, { headers: { ...headers, ...more } });
    expect([answer.status, answer.json()]).toEqual([429, expect.objectContaining({ code: 'too-many-requests' })]);
    expect(answer.json()).not.toHaveProperty('errors');
  }
  expect((await ask(limited, PATH, { headers: { expect: 'anything' } })).status).toBe(401);
});
