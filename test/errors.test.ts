import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Fault } from '../simulator/fault.js';
import { type Malformation, MALFORMATIONS } from '../simulator/malformed.js';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator } from '../simulator/simulator.js';
import { freePort } from './free-port.js';
import { ask, type Answer, speak } from './http.js';
import { expectProblem } from './problem.js';
import { metricOf } from './scrape.js';
import { type Service, startService } from './service.js';
import { startSimulated } from './simulated-service.js';
import { until } from './until.js';

const SETTINGS = {
  DESK_MAX_RPS: '10000',
  DESK_ATTEMPT_TIMEOUT_MS: '400',
  DESK_DEADLINE_MS: '1500',
  DESK_COOLDOWN_MIN_MS: '1',
  DESK_COOLDOWN_MAX_MS: '1',
  RATE_LIMIT_PER_MINUTE: '0',
};

const PATIENT = { DESK_ATTEMPT_TIMEOUT_MS: '4000', DESK_DEADLINE_MS: '10000' };

let simulator: Simulator;
let service: Service;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ simulator, service, stop } = await startSimulated(SETTINGS));
});

afterAll(() => stop());

/** After a refusal or repeated failures the service does not call the desk: waits until it does again. */
afterEach(async () => {
  simulator.clearFaults();
  await until(async () => (await ask(service, newSession().path)).status === 200);
});

let sessions = 0;

/** Nothing of it is cached, so the desk has to be called. */
function newSession(): { id: string; path: string } {
  const id = `errors-${sessions++}`;
  simulator.setSession(id, [textMessage('one', 1), textMessage('two', 2)]);
  return { id, path: `/sessions/${id}/messages` };
}

interface Failure {
  readonly id: string;
  readonly path: string;
  readonly answer: Answer;
  readonly calls: number;
}

/** Reads a session while each of its calls fails like this. */
async function failing(fault: Fault, asked: Service = service): Promise<Failure> {
  const { id, path } = newSession();
  simulator.faultUntilReset(fault, { sessionId: id });
  const answer = await ask(asked, path);
  return { id, path, answer, calls: simulator.calls.filter((call) => call.sessionId === id).length };
}

async function withService(settings: Record<string, string>, work: (other: Service) => Promise<void>): Promise<void> {
  const other = await startService({ ...SETTINGS, DESK_BASE_URL: simulator.url, ...settings });
  try {
    await work(other);
  } finally {
    await other.kill();
  }
}

function retryAfter(answer: Answer): number {
  expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  return Number(answer.headers['retry-after']);
}

describe('what the desk answers', () => {
  test('141004 is 400 invalid-request, and never cached', async () => {
    const { answer, path } = await failing({ kind: 'error', code: 141004 });
    expectProblem(answer, { status: 400, code: 'invalid-request', instance: path, upstreamCode: 141004 });
    simulator.clearFaults();
    expect((await ask(service, path)).status).toBe(200);
  });

  test('141010 is 404 session-not-found, remembered for CACHE_NOT_FOUND_MS', async () => {
    await withService({ CACHE_NOT_FOUND_MS: '2000' }, async (other) => {
      const id = `not-there-yet-${randomUUID()}`;
      const path = `/sessions/${id}/messages`;
      const expected = { status: 404, code: 'session-not-found', instance: path } as const;
      const askedAt = Date.now();
      expectProblem(await ask(other, `${path}?limit=3`), { ...expected, upstreamCode: 141010 });
      const before = simulator.calls.length;
      expect((await ask(other, path)).json()).toMatchObject(expected);
      expect(simulator.calls).toHaveLength(before);
      simulator.setSession(id, [textMessage('here now', 1)]);
      await until(async () => (await ask(other, path)).status === 200);
      expect(Date.now() - askedAt).toBeGreaterThanOrEqual(1990);
    });
  });

  test('141010 replaces whatever was cached', async () => {
    const { id, path } = newSession();
    expect((await ask(service, path)).status).toBe(200);
    simulator.remove(id);
    expect((await ask(service, path, { headers: { 'cache-control': 'no-cache' } })).status).toBe(404);
    expect((await ask(service, path)).status).toBe(404);
  });

  test.each([141009, 60007, 60011, 60018, 60019, 72010])('%d is 429 upstream-rate-limited', async (upstreamCode) => {
    const { answer, path, calls } = await failing({ kind: 'error', code: upstreamCode });
    expectProblem(answer, { status: 429, code: 'upstream-rate-limited', instance: path, upstreamCode });
    expect(retryAfter(answer)).toBe(1);
    expect(calls).toBe(1);
  });

  test('HTTP 429 is 429 upstream-rate-limited', async () => {
    const { answer, path } = await failing({ kind: 'status', status: 429, retryAfter: 7 });
    expectProblem(answer, { status: 429, code: 'upstream-rate-limited', instance: path });
    retryAfter(answer);
  });

  test('Retry-After is the cool-down, and a fifth of it at most beyond', async () => {
    await withService({ DESK_COOLDOWN_MIN_MS: '9000', DESK_COOLDOWN_MAX_MS: '9000' }, async (other) => {
      const { answer } = await failing({ kind: 'error', code: 141009 }, other);
      expect([9, 10, 11]).toContain(retryAfter(answer));
    });
  });

  test.each([141000, 60010, 60020, 60021, 60002, 70107])(
    '%d is 502 upstream-rejected, and the log says what to do',
    async (upstreamCode) => {
      const { answer, path, calls } = await failing({ kind: 'error', code: upstreamCode, info: 'words of the desk' });
      expectProblem(answer, { status: 502, code: 'upstream-rejected', instance: path, upstreamCode });
      expect(calls).toBe(1);
      const line = await service.logged(new RegExp(`"level":50.*"upstreamCode":${upstreamCode}\\b`));
      expect(line).toMatch(/"remedy":"[^"]{4,}"/);
      expect(line).not.toContain('words of the desk');
    },
  );

  test.each([70001, 60004])('%d is 502 upstream-rejected after one new signature', async (upstreamCode) => {
    const { answer, path, id, calls } = await failing({ kind: 'error', code: upstreamCode });
    expectProblem(answer, { status: 502, code: 'upstream-rejected', instance: path, upstreamCode });
    expect(calls).toBe(2);
    const signatures = simulator.calls.filter((call) => call.sessionId === id).map((call) => call.userSigHash);
    expect(new Set(signatures).size).toBe(2);
  });

  test('70050 is 502 upstream-rejected, and for a minute 503 without a call', async () => {
    await withService({}, async (other) => {
      const { answer, path } = await failing({ kind: 'error', code: 70050 }, other);
      expectProblem(answer, { status: 502, code: 'upstream-rejected', instance: path, upstreamCode: 70050 });
      simulator.clearFaults();
      const before = simulator.calls.length;
      const next = newSession();
      const locked = await ask(other, next.path);
      expectProblem(locked, { status: 503, code: 'unavailable', instance: next.path });
      expect([58, 59, 60]).toContain(retryAfter(locked));
      expect(simulator.calls).toHaveLength(before);
    });
  });

  test.each([141002, 60008, 60014, 70169])('%d is 502 upstream-failed once the retries are spent', async (code) => {
    const { answer, path, calls } = await failing({ kind: 'error', code });
    expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path, upstreamCode: code });
    expect(calls).toBe(3);
  });

  test.each([149999, 1, 80001, 141001, 2147483647])(
    '%d, which is not documented for this command, is 502 upstream-failed',
    async (code) => {
      const { answer, path } = await failing({ kind: 'error', code });
      expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path, upstreamCode: code });
    },
  );

  test.each([201, 204, 301, 400, 401, 403, 404, 418, 500, 502, 503, 504])(
    'HTTP %d is 502 upstream-failed',
    async (status) => {
      const { answer, path } = await failing({ kind: 'status', status });
      expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path });
    },
  );
});

describe('a broken answer', () => {
  // Still a page: odd content, or fewer messages than its total.
  const pages: readonly Malformation[] = ['invalid-utf8', 'deeply-nested', 'fewer-than-asked', 'more-than-asked'];

  test.each(MALFORMATIONS.filter((how) => !pages.includes(how)))('%s is 502 upstream-failed', async (how) => {
    const { answer, path } = await failing({ kind: 'malformed', how });
    expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path });
  });

  test.each(pages)('%s is still a page', async (how) => {
    const { answer } = await failing({ kind: 'malformed', how });
    expect(answer.status).toBe(200);
  });

  const cutOff: Fault[] = [{ kind: 'truncated' }, { kind: 'reset' }, { kind: 'reset-midway' }];
  test.each(cutOff)('$kind is 502 upstream-failed', async (fault) => {
    const { answer, path } = await failing(fault);
    expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path });
  });

  const odd: [string, string][] = [
    ['a Timestamp of true', '{"ErrorCode":0,"TotalCount":1,"Messages":[{"Timestamp":true}]}'],
    ['a Timestamp of 1e999', '{"ErrorCode":0,"TotalCount":1,"Messages":[{"Timestamp":1e999}]}'],
    ['a Timestamp that is a list', '{"ErrorCode":0,"TotalCount":1,"Messages":[{"Timestamp":[1]}]}'],
    ['a total of 1e999', '{"ErrorCode":0,"TotalCount":1e999,"Messages":[]}'],
    ['a total of true', '{"ErrorCode":0,"TotalCount":true,"Messages":[]}'],
    ['one bad message among good ones', '{"ErrorCode":0,"TotalCount":2,"Messages":[{"Timestamp":1},"x"]}'],
    ['an ErrorCode of true', '{"ErrorCode":true,"TotalCount":0,"Messages":[]}'],
    ['an ErrorCode that is a list', '{"ErrorCode":[0],"TotalCount":0,"Messages":[]}'],
    ['two documents', '{"ErrorCode":0,"TotalCount":0,"Messages":[]}{}'],
    ['white space', '   \n'],
  ];
  test.each(odd)('%s is 502 upstream-failed', async (_, body) => {
    const { answer, path } = await failing({ kind: 'body', body });
    expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path });
  });

  const oversized: Fault[] = [
    { kind: 'oversized' },
    { kind: 'oversized', announced: true },
    { kind: 'oversized', gzip: true },
  ];
  test('of 30 MB is 502 upstream-failed, however it is sent', async () => {
    await withService(PATIENT, async (other) => {
      for (const fault of oversized) {
        const { answer, path } = await failing(fault, other);
        expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path });
        expect((await ask(other, newSession().path)).status).toBe(200);
      }
    });
  });
});

describe('no answer', () => {
  const slow: Fault[] = [
    { kind: 'hang' },
    { kind: 'stall' },
    { kind: 'drip', bytes: 1, everyMs: 20 },
    { kind: 'latency', ms: 5000 },
  ];
  test.each(slow)('$kind is 504 upstream-timeout within the deadline', async (fault) => {
    const startedAt = Date.now();
    const { answer, path } = await failing(fault);
    expectProblem(answer, { status: 504, code: 'upstream-timeout', instance: path });
    expect(Date.now() - startedAt).toBeLessThan(4000);
  });

  test.each([
    ['a refused connection', async () => `http://127.0.0.1:${await freePort()}`],
    ['a name that does not exist', () => Promise.resolve('http://desk.invalid')],
    ['a broken TLS handshake', () => Promise.resolve(simulator.url.replace('http:', 'https:'))],
  ])('%s is 502 upstream-failed', async (_, baseUrl) => {
    await withService({ ...PATIENT, DESK_BASE_URL: await baseUrl() }, async (other) => {
      const { path } = newSession();
      expectProblem(await ask(other, path), { status: 502, code: 'upstream-failed', instance: path });
    });
  });
});

describe('a call that is not sent', () => {
  test('its own quota not free in time is 429 upstream-rate-limited', async () => {
    await withService({ DESK_MAX_RPS: '1', DESK_DEADLINE_MS: '300' }, async (other) => {
      const paths = Array.from({ length: 4 }, () => newSession().path);
      const answers = await Promise.all(paths.map((path) => ask(other, path)));
      const limited = answers.flatMap((answer, i) => (answer.status === 200 ? [] : [{ answer, path: paths[i] ?? '' }]));
      expect(limited.length).toBeGreaterThanOrEqual(2);
      for (const { answer, path } of limited) {
        expectProblem(answer, { status: 429, code: 'upstream-rate-limited', instance: path });
        retryAfter(answer);
      }
    });
  });

  test('a desk that keeps failing is 503 unavailable for a moment', async () => {
    await withService(PATIENT, async (other) => {
      const failures = Array.from({ length: 10 }, () => failing({ kind: 'status', status: 502 }, other));
      for (const { answer } of await Promise.all(failures)) expect(answer.status).toBe(502);
      const { answer, path: instance, calls } = await failing({ kind: 'status', status: 502 }, other);
      expectProblem(answer, { status: 503, code: 'unavailable', instance });
      expect(retryAfter(answer)).toBeLessThanOrEqual(2);
      expect(calls).toBe(0);
      simulator.clearFaults();
      const { path } = newSession();
      await until(async () => (await ask(other, path)).status === 200);
    });
  });

  test('more than 5,000 waiting requests are 503 unavailable', async () => {
    await withService({ DESK_MAX_RPS: '1', DESK_DEADLINE_MS: '60000' }, async (other) => {
      const { hostname, port } = new URL(other.url);
      const crowd = connect(Number(port), hostname).on('error', () => undefined);
      for (let i = 0; i < 5100; i++) crowd.write(`GET /sessions/load-${i}/messages HTTP/1.1\r\nHost: a\r\n\r\n`);
      await until(async () => (await metricOf(other, 'desk_queue_length')) >= 4990);
      // One may take a place that has just become free; the others are answered at once.
      const answer = await Promise.any([1, 2, 3, 4, 5].map(() => ask(other, newSession().path)));
      expect(answer.status).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'unavailable' });
      retryAfter(answer);
      expect(await metricOf(other, 'desk_queue_length')).toBeLessThanOrEqual(5000);
      crowd.destroy();
    });
  });
});

describe('a request that never reaches a resource', () => {
  test('an unknown path is 404 not-found, its query left out', async () => {
    for (const path of ['/sessions/s/notes', '/sessions/s/messages/1', '/Sessions/s/messages', '/a/b//c']) {
      expectProblem(await ask(service, `${path}?x=1`), { status: 404, code: 'not-found', instance: path });
    }
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'REPORT'])(
    '%s is 405 method-not-allowed with Allow',
    async (method) => {
      for (const instance of [
        '/sessions/s/messages',
        '/health/live',
        '/health/ready',
        '/metrics',
        '/openapi.json',
        '/docs',
        '/',
      ]) {
        const answer = await ask(service, `${instance}?x=1`, { method });
        expectProblem(answer, { status: 405, code: 'method-not-allowed', instance });
        expect(answer.headers.allow).toBe('GET, HEAD');
      }
    },
  );

  test.each([
    ['application/json', '{"a":'],
    ['text/plain', 'x'],
    ['application/x-nothing', 'x'],
    ['', 'x'],
  ])('a POST is 405 whatever its body is: %s', async (type, body) => {
    const headers = { 'content-type': type, 'content-length': String(body.length) };
    const answer = await ask(service, '/sessions/s/messages', { method: 'POST', headers, body });
    expectProblem(answer, { status: 405, code: 'method-not-allowed', instance: '/sessions/s/messages' });
  });

  test('a method of an unknown path is 404', async () => {
    const answer = await ask(service, '/nothing', { method: 'POST' });
    expectProblem(answer, { status: 404, code: 'not-found', instance: '/nothing' });
  });

  test('headers of more than 16 KB are 431 invalid-request', async () => {
    const [answer] = await speak(
      service,
      `GET /health/live HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    if (answer === undefined) throw new Error('no answer');
    expectProblem(answer, { status: 431, code: 'invalid-request', instance: '/' });
  });

  test('slightly smaller headers are accepted', async () => {
    const answer = await ask(service, '/health/live', { headers: { 'x-long': 'x'.repeat(15_000) } });
    expect(answer.status).toBe(200);
  });

  test('a body of more than a few KB is 413 invalid-request, or refused for its method', async () => {
    const body = 'x'.repeat(100_000);
    const headers = { 'content-length': String(body.length), 'content-type': 'text/plain' };
    const answer = await ask(service, '/sessions/s/messages', { method: 'POST', headers, body });
    expect([405, 413]).toContain(answer.status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  test.each([
    ['no HTTP', 'GARBAGE\r\n\r\n'],
    ['an unknown method', 'BREW /docs HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['a space in a header name', 'GET / HTTP/1.1\r\nHost: a\r\nX Y: 1\r\n\r\n'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n'],
    ['a negative Content-Length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['no Host', 'GET /health/live HTTP/1.1\r\n\r\n'],
  ])('%s is 400 invalid-request', async (_, bytes) => {
    const [answer] = await speak(service, bytes);
    if (answer === undefined) throw new Error('no answer');
    expect(answer.json()).toMatchObject({ code: 'invalid-request', type: 'urn:desk-bff:problem:invalid-request' });
    expect(answer.status).toBe(400);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toMatchObject({ requestId: answer.headers['x-request-id'] });
  });

  test('CONNECT gets an answer like any other wrong method', async () => {
    const [answer] = await speak(service, 'CONNECT /docs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatchObject({ headers: { 'content-type': expect.stringContaining('application/problem+json') } });
  });

  test('OPTIONS * is a problem too', async () => {
    const [answer] = await speak(service, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatchObject({ headers: { 'content-type': expect.stringContaining('application/problem+json') } });
  });

  test('an absolute URL as target is its path', async () => {
    const target = 'http://some.host/health/live?x=1';
    const [answer] = await speak(service, `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer?.status).toBe(200);
  });
});

test('no problem is ever stored by a shared cache, and each has the id of its request', async () => {
  const headers = { 'x-request-id': 'mine-1' };
  for (const path of ['/nothing', '/sessions/s/messages?limit=0', '/sessions/not-there/messages']) {
    const answer = await ask(service, path, { headers });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'x-request-id': 'mine-1' });
    expect(answer.json()).toMatchObject({ requestId: 'mine-1' });
  }
});
