import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Answer, ask, hear, speak } from './http.js';
import { PAGE_TARGETS, UNKNOWN_SESSION, sampleRawRequests } from './raw-requests.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

const PATH = '/sessions/long-session/messages';
/** A page of each resource that is in memory. */
const PATHS = [
  [PATH, '/sessions/:sessionId/messages', 'messages'],
  ['/sessions?from=2024-11-01T00:00:00Z&to=2025-12-01T00:00:00Z&limit=15', '/sessions', 'sessions'],
] as const;
const ORIGIN = 'https://dashboard.example';
const KEY = { 'x-api-key': 'key' };
/** Without effect on the answer, but it sends the request through Fastify and Nest. */
const UNUSUAL = { 'cache-control': 'max-stale' };

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startWarm(PATHS.map(([path]) => path));
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

/** A service that has these pages in memory: the first request makes each, or one of its compressed forms. */
async function startWarm(targets: readonly string[], environment: Record<string, string> = {}): Promise<Service> {
  const started = await startService({
    DESK_BASE_URL: simulator.url,
    AUTH_MODE: 'api-key',
    API_KEYS: `ann:${createHash('sha256').update('key').digest('hex')}`,
    CORS_ORIGINS: ORIGIN,
    CACHE_FRESH_MIN_MS: '600000',
    CACHE_FRESH_MAX_MS: '600000',
    CACHE_NOT_FOUND_MS: '600000',
    ...environment,
  });
  for (const target of targets) {
    for (const coding of ['identity', 'gzip', 'br'])
      await ask(started, target, { headers: { ...KEY, 'accept-encoding': coding } });
  }
  return started;
}

/** Everything that does not depend on the time of the request. */
function comparable({ status, headers, body }: Answer): unknown {
  const { date: _date, age: _age, 'cache-status': cacheStatus, ...rest } = headers;
  return { status, headers: { ...rest, 'cache-status': String(cacheStatus).replace(/ttl=\d+/, '') }, body };
}

async function linesOf(requestId: string): Promise<unknown[]> {
  const lines = () =>
    service
      .output()
      .split('\n')
      .filter((line) => line.includes(`"requestId":"${requestId}"`));
  // The access line and the audit line.
  await until(() => lines().length === 2);
  return lines().map((line): unknown =>
    JSON.parse(line, (key, value: unknown) => (['time', 'durationMs', 'requestId'].includes(key) ? undefined : value)),
  );
}

describe.each(PATHS)('%s', (path, route, resource) => {
  test.each([
    ['a page', {}],
    ['a page in gzip', { 'accept-encoding': 'gzip' }],
    ['a page in br', { 'accept-encoding': 'br, gzip' }],
    ['a page for a script of a named origin', { origin: ORIGIN }],
    ['a page for a script of another origin', { origin: 'https://elsewhere.example' }],
    ['a page in a trace', { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }],
    ['a page for a request that has a body', { 'content-length': '0' }],
    ['an unchanged page', { 'if-none-match': '*' }],
    ['a page that changed', { 'if-none-match': '"another"' }],
  ])('%s is the same answer on the fast path and through Fastify', async (what, headers) => {
    const id = {
      'x-request-id': `same-${createHash('sha256')
        .update(path + what)
        .digest('hex')}`,
    };
    const fast = await ask(service, path, { headers: { ...KEY, ...headers, ...id } });
    const long = await ask(service, path, { headers: { ...KEY, ...headers, ...id, ...UNUSUAL } });
    expect(fast.status).toBe('if-none-match' in headers && headers['if-none-match'] === '*' ? 304 : 200);
    expect(comparable(fast)).toEqual(comparable(long));
  });

  test('both write the same log lines', async () => {
    const headers = { ...KEY, traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    await ask(service, path, { headers: { ...headers, 'x-request-id': `fast-lines-${resource}` } });
    await ask(service, path, { headers: { ...headers, 'x-request-id': `long-lines-${resource}`, ...UNUSUAL } });
    expect(await linesOf(`fast-lines-${resource}`)).toEqual(await linesOf(`long-lines-${resource}`));
  });

  test('both answer 401 to an unauthenticated request', async () => {
    for (const headers of [{}, { 'x-api-key': 'wrong' }, { 'x-api-key': 'wrong', ...UNUSUAL }]) {
      expect((await ask(service, path, { headers })).status).toBe(401);
    }
  });

  test('both count in the same time series', async () => {
    const counts = async () => {
      const { text } = await ask(service, '/metrics', { headers: KEY });
      const count = (start: string) =>
        text.split('\n').flatMap((line) => (line.startsWith(start) ? [Number(line.slice(start.length))] : []));
      return {
        requests: count(`http_request_duration_seconds_count{route="${route}",method="GET",status="200"} `),
        hits: count(`cache_requests_total{resource="${resource}",outcome="hit",level="memory"} `),
      };
    };
    const before = await counts();
    await ask(service, path, { headers: KEY });
    await ask(service, path, { headers: { ...KEY, ...UNUSUAL } });
    expect(await counts()).toEqual({
      requests: before.requests.map((count) => count + 2),
      hits: before.hits.map((count) => count + 2),
    });
    expect(before.requests).toHaveLength(1);
    expect(before.hits).toHaveLength(1);
  });
});

test.each([
  ['an expectation', { expect: 'anything' }, 417],
  ['two hosts', { host: 'a, b' }, 400],
  ['another key', { 'x-api-key': 'wrong' }, 401],
  ['two credentials', { authorization: 'Bearer key' }, 401],
])('a request with %s is left to Fastify', async (_what, headers, status) => {
  expect((await ask(service, PATH, { headers: { ...KEY, ...headers } })).status).toBe(status);
});

describe.each([
  ['without a limit', '0'],
  ['with a limit', '1000000'],
])('%s for each caller', (_, limit) => {
  let warm: Service;

  beforeAll(async () => {
    warm = await startWarm([...PAGE_TARGETS, UNKNOWN_SESSION], { RATE_LIMIT_PER_MINUTE: limit });
  });

  afterAll(async () => {
    await warm.kill();
  });

  test.each([
    ['a coding that is none', 'Transfer-Encoding: xchunked\r\n\r\n'],
    ['a coding that does not end', 'Transfer-Encoding: identity\r\n\r\n'],
    ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ])('a page in memory requested with %s is 400 and the end, as through Fastify', async (_what, rest) => {
    const head = `GET ${PATH} HTTP/1.1\r\nHost: a\r\nX-Api-Key: key\r\n`;
    expect(statuses(await speak(warm, `${head}${rest}`))).toEqual([400]);
    expect(statuses(await speak(warm, `${head}Cache-Control: max-stale\r\n${rest}`))).toEqual([400]);
  });

  test('any bytes on a connection get the same answers as through Fastify', async () => {
    const cases = sampleRawRequests(800);
    const differences: unknown[] = [];
    let pages = 0;
    const compareNext = async (): Promise<void> => {
      for (let next = cases.pop(); next !== undefined; next = cases.pop()) {
        // As long as the line that makes a request unusual, but without a meaning.
        const bytes = next('Cache-Contr0l: max-stale');
        const [fast, long] = await Promise.all([hear(warm, bytes), hear(warm, next('Cache-Control: max-stale'))]);
        if (comparableText(fast) !== comparableText(long)) differences.push({ bytes, fast, long });
        pages += fast.split('cache-status: desk-bff; hit').length - 1;
      }
    };
    await Promise.all(Array.from({ length: 16 }, compareNext));
    expect(differences.slice(0, 3)).toEqual([]);
    expect(pages).toBeGreaterThan(400);
  });
});

function statuses(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status);
}

function comparableText(heard: string): string {
  return heard
    .replace(/^date: .*$/gim, '')
    .replace(/^age: .*$/gim, '')
    .replace(/; ttl=\d+/g, '')
    .replace(/[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, 'an id');
}
