import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator } from '../simulator/simulator.js';
import { freePort } from './free-port.js';
import { ask, speak } from './http.js';
import { metricOf } from './scrape.js';
import { type Service, startService } from './service.js';
import { startSimulated } from './simulated-service.js';
import { until } from './until.js';

const SETTINGS = { DESK_MAX_RPS: '10000', RATE_LIMIT_PER_MINUTE: '0' };

let simulator: Simulator;
let service: Service;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ simulator, service, stop } = await startSimulated(SETTINGS));
});

afterAll(() => stop());

afterEach(async () => {
  simulator.clearFaults();
  await Promise.all(others.splice(0).map((other) => other.kill()));
});

const others: Service[] = [];

async function startOther(settings: Record<string, string> = {}): Promise<Service> {
  const other = await startService({ ...SETTINGS, DESK_BASE_URL: simulator.url, ...settings });
  others.push(other);
  return other;
}

describe('health', () => {
  test('live and ready answer their status, and are not cached', async () => {
    const live = await ask(service, '/health/live');
    expect(live).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    const ready = await ask(service, '/health/ready');
    expect(ready).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(ready.json()).toEqual({
      status: 'ok',
      checks: { redis: 'off' },
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });

  test('an unavailable Redis is degraded, still 200', async () => {
    const other = await startOther({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const ready = await ask(other, '/health/ready');
    expect(ready.status).toBe(200);
    expect(ready.json()).toMatchObject({ status: 'degraded', checks: { redis: 'down' } });
    const { text } = await ask(other, '/metrics');
    expect(text.match(/^redis_\w+ \d$/gm)).toEqual(['redis_up 0', 'redis_configured 1']);
  });

  test('asks the desk nothing', async () => {
    simulator.forgetCalls();
    for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs'])
      await ask(service, path);
    expect(simulator.calls).toHaveLength(0);
  });
});

describe('/metrics', () => {
  test('has the documented names and labels', async () => {
    await ask(service, '/sessions/long-session/messages');
    await ask(service, '/sessions/long-session/messages');
    await ask(service, '/sessions/no-such-session/messages');
    await ask(service, '/sessions/x/messages?limit=0');
    const { status, text, headers } = await ask(service, '/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    const route = 'route="/sessions/:sessionId/messages",method="GET"';
    for (const expected of [
      `http_request_duration_seconds_count{${route},status="200"} 2`,
      `http_request_duration_seconds_count{${route},status="404"} 1`,
      `http_request_duration_seconds_count{${route},status="400"} 1`,
      'cache_requests_total{resource="messages",outcome="miss",level="none"} ',
      'cache_requests_total{resource="messages",outcome="hit",level="memory"} 1',
      'desk_calls_total{command="describe_chat_messages",code="0"} ',
      'desk_calls_total{command="describe_chat_messages",code="141010"} 1',
      'desk_call_duration_seconds_count{command="describe_chat_messages"} ',
      'desk_cooldown_seconds{command="all"} 0',
      'desk_cooldown_seconds{command="describe_chat_messages"} 0',
      'desk_breaker_open 0',
      'desk_queue_length 0',
      'desk_max_rps 10000',
      'user_sig_signed_total 1',
      'transcript_contradictions_total 0',
      'redis_up 0',
      'redis_configured 0',
      'log_lines_dropped_total 0',
      'trace_spans_dropped_total 0',
      'build_info{version="',
      'process_cpu_user_seconds_total ',
      'nodejs_eventloop_lag_seconds ',
    ]) {
      expect(text).toContain(`\n${expected}`);
    }
  });

  test('never takes a label from unauthenticated input', async () => {
    for (const path of ['/planted-path', '/sessions/planted-id/messages', '/sessions/planted-id/messages?planted=1']) {
      await ask(service, path);
      await ask(service, path, { method: 'POST' });
    }
    expect((await ask(service, '/metrics')).text).not.toContain('planted');
  });
});

describe('the API document', () => {
  test('is at /openapi.json and describes messages, health and metrics', async () => {
    const answer = await ask(service, '/openapi.json');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringContaining('application/json') },
    });
    const operation = { parameters: expect.any(Array), responses: expect.any(Object) };
    expect(answer.json()).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\./),
      paths: {
        '/sessions/{sessionId}/messages': { get: operation },
        '/health/live': {},
        '/health/ready': {},
        '/metrics': {},
      },
    });
    const document = JSON.stringify(answer.json());
    for (const status of ['200', '304', '400', '404', '429', '502', '503', '504'])
      expect(document).toContain(`"${status}":`);
    for (const header of ['ETag', 'Last-Modified', 'Cache-Control', 'Age', 'Cache-Status', 'Link', 'Retry-After']) {
      expect(document).toContain(`"${header}":`);
    }
  });

  test('is where / leads', async () => {
    expect(await ask(service, '/')).toMatchObject({ status: 302, headers: { location: '/docs' } });
    expect(await ask(service, '/', { method: 'HEAD' })).toMatchObject({ status: 302, headers: { location: '/docs' } });
  });

  test('has a page for people that loads nothing from elsewhere', async () => {
    const page = await ask(service, '/docs');
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': expect.stringContaining('text/html') } });
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(loaded.length).toBeGreaterThan(2);
    for (const url of loaded) {
      expect(url).not.toMatch(/^(https?:)?\/\//);
      const { pathname } = new URL(url, 'http://a/docs');
      expect([url, (await ask(service, pathname)).status]).toEqual([url, 200]);
    }
  });
});

describe('SIGTERM', () => {
  async function withRequestUnderWay(
    settings: Record<string, string>,
    fault: { kind: 'hang' } | { kind: 'latency'; ms: number },
  ): Promise<{ other: Service; asked: Promise<number> }> {
    const other = await startOther(settings);
    simulator.setSession('under-way', [textMessage('hello', 1)]);
    simulator.forgetCalls();
    simulator.faultUntilReset(fault, { sessionId: 'under-way' });
    const asked = ask(other, '/sessions/under-way/messages').then(
      ({ status }) => status,
      () => 0,
    );
    await until(() => simulator.calls.length > 0);
    return { other, asked };
  }

  test('with nothing to do exits 0 at once', async () => {
    const other = await startOther();
    // A connection that is kept alive must not delay it.
    await other.get('/health/live');
    const startedAt = Date.now();
    expect(await other.stop()).toBe(0);
    // Waiting for that connection would take SHUTDOWN_TIMEOUT_MS, which is 10 s.
    expect(Date.now() - startedAt).toBeLessThan(6000);
  });

  test('answers requests in flight, and exits 0', async () => {
    const { other, asked } = await withRequestUnderWay({}, { kind: 'latency', ms: 700 });
    const code = await other.stop();
    expect(await asked).toBe(200);
    expect(code).toBe(0);
  });

  test('a desk that hangs does not keep it longer than SHUTDOWN_TIMEOUT_MS', async () => {
    const settings = { SHUTDOWN_TIMEOUT_MS: '800', DESK_ATTEMPT_TIMEOUT_MS: '30000', DESK_DEADLINE_MS: '30000' };
    const { other, asked } = await withRequestUnderWay(settings, { kind: 'hang' });
    const startedAt = Date.now();
    expect(await other.stop()).toBe(0);
    // The end of the process is part of it; the desk would keep it for 30 s.
    expect(Date.now() - startedAt).toBeLessThan(5000);
    await asked;
    expect(other.output()).not.toContain('"level":60');
    // Reads that were cut off are audited too.
    expect(other.output()).toMatch(/"audit":"read".*"sessionId":"under-way".*"status":499/);
  });

  test('a connection that would be kept alive is closed, and does not delay the exit', async () => {
    const other = await startOther();
    simulator.forgetCalls();
    simulator.faultUntilReset({ kind: 'latency', ms: 1000 }, { sessionId: 'long-session' });
    const answers = speak(other, 'GET /sessions/long-session/messages HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => simulator.calls.length > 0);
    expect(await other.stop()).toBe(0);
    expect(await answers).toMatchObject([{ status: 200, headers: { connection: 'close' } }]);
    expect(other.output()).not.toContain('still under way');
  });

  test('takes no new connections, and requests that wait for the desk get 503', async () => {
    const settings = { DESK_MAX_RPS: '1', DESK_DEADLINE_MS: '30000', DESK_ATTEMPT_TIMEOUT_MS: '30000' };
    const { other, asked } = await withRequestUnderWay(settings, { kind: 'latency', ms: 4000 });
    const waiting = Array.from({ length: 20 }, (_, i) => ask(other, `/sessions/load-${i}/messages`));
    await until(async () => (await metricOf(other, 'desk_queue_length')) > 0);
    const stopped = other.stop();
    const answers = await Promise.all(waiting);
    const turnedAway = answers.filter(({ status }) => status === 503);
    expect(turnedAway.length).toBeGreaterThan(0);
    for (const answer of turnedAway) {
      expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/);
      expect(answer.json()).toMatchObject({ code: 'unavailable' });
    }
    await expect(ask(other, '/health/live')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    expect(await asked).toBe(200);
    expect(await stopped).toBe(0);
  });
});
