import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Fault } from '../simulator/fault.js';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

const SESSION = '/sessions/b0f4ca12-4850-4218-a284-efe679a87066/messages';

/** One replica without Redis: the desk's faults as clients see them. */
describe('one replica', () => {
  let desk: Simulator;
  let service: Service;
  const start = async (environment: Record<string, string> = {}) => {
    service = await startService({ DESK_BASE_URL: desk.url, RATE_LIMIT_PER_MINUTE: '0', ...environment });
  };

  beforeEach(async () => {
    desk = await startSimulator();
  });
  afterEach(async () => {
    await service.kill();
    await desk.close();
  });

  const metric = async (name: string): Promise<number | undefined> => {
    const text = await (await service.get('/metrics')).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  };
  const load = (count: number, from = 0) =>
    Promise.all(Array.from({ length: count }, (_, i) => service.get(`/sessions/load-${from + i}/messages`)));

  const askHealthUntil = async (signal: AbortSignal): Promise<number> => {
    let asked = 0;
    for (; !signal.aborted; asked++) {
      expect((await service.get('/health/ready')).status).toBe(200);
      await sleep(50);
    }
    return asked;
  };

  it.each<[string, Fault]>([
    ['141002', { kind: 'error', code: 141002 }],
    ['60013', { kind: 'error', code: 60013 }],
    ['HTTP 502', { kind: 'status', status: 502 }],
    ['reset', { kind: 'reset' }],
    ['reset midway', { kind: 'reset-midway' }],
    ['truncated body', { kind: 'truncated' }],
    ['broken body', { kind: 'malformed', how: 'html' }],
    ['attempt that times out', { kind: 'hang' }],
    ['body that stalls', { kind: 'stall' }],
  ])('hides one %s from the caller', async (_name, fault) => {
    await start({ DESK_ATTEMPT_TIMEOUT_MS: '1000' });
    desk.failNext(fault);
    expect((await service.get(SESSION)).status).toBe(200);
    expect(desk.calls).toHaveLength(2);
    expect(new Set(desk.calls.map(({ random }) => random)).size).toBe(2);
  });

  it('answers 502 when 141002 lasts', async () => {
    await start();
    desk.faultUntilReset({ kind: 'error', code: 141002 });
    const response = await service.get(SESSION);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'upstream-failed', upstreamCode: 141002 });
    expect(desk.calls).toHaveLength(3);
    expect(await metric('desk_calls_total{command="describe_chat_messages",code="141002"}')).toBe(3);
    expect(await metric('desk_attempts_per_request_sum')).toBe(3);
  });

  it.each(['hang', 'stall', 'drip'] as const)('answers 504 within the deadline when the desk %ss', async (kind) => {
    await start({ DESK_ATTEMPT_TIMEOUT_MS: '700', DESK_DEADLINE_MS: '1000' });
    desk.faultUntilReset({ kind });
    const before = performance.now();
    const response = await service.get(SESSION);
    const took = performance.now() - before;
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: 'upstream-timeout' });
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(1900);
    expect(await metric('desk_calls_total{command="describe_chat_messages",code="timeout"}')).toBe(2);
  });

  it('answers 503 with Retry-After once ten requests in a row failed, and 200 again after that', async () => {
    await start({ DESK_MAX_RPS: '1000' });
    desk.faultUntilReset({ kind: 'status', status: 502 });
    for (const { status } of await load(10)) expect(status).toBe(502);
    const refused = await service.get('/sessions/load-10/messages');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await metric('desk_breaker_open')).toBe(1);
    desk.clearFaults();
    await until(async () => (await service.get('/sessions/load-10/messages')).status === 200);
    expect(await metric('desk_breaker_open')).toBe(0);
  });

  it('tells how long a limit lasts, longer each time', async () => {
    await start();
    desk.faultUntilReset({ kind: 'error', code: 141009 });
    const retryAfter: number[] = [];
    for (let i = 0; i < 3; i++) {
      const response = await service.get(SESSION);
      expect(response.status).toBe(429);
      expect(await response.json()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: 141009 });
      const rest = (await metric('desk_cooldown_seconds{command="describe_chat_messages"}')) ?? 0;
      expect(rest).toBeGreaterThan(2 ** i - 0.9);
      expect(rest).toBeLessThanOrEqual(2 ** i);
      retryAfter.push(Number(response.headers.get('retry-after')));
      expect((await service.get(SESSION)).status).toBe(429);
      expect(desk.calls).toHaveLength(i + 1);
      if (i < 2) await sleep(rest * 1000 + 50);
    }
    for (const [i, seconds] of retryAfter.entries()) {
      expect(seconds).toBeGreaterThanOrEqual(2 ** i);
      expect(seconds).toBeLessThanOrEqual(Math.ceil(2 ** i * 1.2));
    }
  });

  it('serves a stale page during a cool-down', async () => {
    const cache = { CACHE_FRESH_MIN_MS: '0', CACHE_FRESH_MAX_MS: '0', CACHE_STALE_WHILE_REVALIDATE_MS: '0' };
    await start({ ...cache, DESK_COOLDOWN_MIN_MS: '60000' });
    const page = await (await service.get(SESSION)).text();
    desk.failNext({ kind: 'error', code: 141009 });
    for (let i = 0; i < 3; i++) {
      const stale = await service.get(SESSION);
      expect(stale.status).toBe(200);
      expect(await stale.text()).toBe(page);
    }
    expect((await service.get('/sessions/load-1/messages')).status).toBe(429);
    expect(desk.calls).toHaveLength(2);
  });

  it('sends no storm of calls for a refused key, and logs what to do', async () => {
    await start({ DESK_MAX_RPS: '1000' });
    expect((await service.get(SESSION)).status).toBe(200);
    desk.forgetCalls();
    desk.latency(300);
    desk.faultUntilReset({ kind: 'error', code: 70003 });
    const responses = await load(60);
    expect(desk.calls.length).toBeLessThanOrEqual(62);
    for (const response of responses) {
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70003 });
    }
    const calls = desk.calls.length;
    const paused = await service.get('/sessions/load-99/messages');
    expect(paused.status).toBe(502);
    expect(paused.headers.get('retry-after')).toBe('1');
    expect(await paused.json()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70003 });
    expect(desk.calls).toHaveLength(calls);
    expect(await metric('user_sig_signed_total')).toBe(2);
    const line = await service.logged(/"level":50/);
    expect(line).toContain('"upstreamCode":70003');
    expect(line).toContain('DESK_SECRET_KEY');
    expect(await service.stop()).toBe(0);
    expect(service.output()).not.toContain('usersig=');
  });

  it('uses a new signature when the old one is refused, unnoticed by clients', async () => {
    await start({ DESK_MAX_RPS: '1000' });
    await service.get(SESSION);
    desk.refuseSignatures(70001);
    for (const { status } of await load(30)) expect(status).toBe(200);
    expect(await metric('user_sig_signed_total')).toBe(2);
  });

  it('answers 502 to a lockout, and then 503 for a minute without asking', async () => {
    await start();
    desk.failNext({ kind: 'error', code: 70050 });
    const first = await service.get(SESSION);
    expect(first.status).toBe(502);
    expect(await first.json()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70050 });
    const next = await service.get(SESSION);
    expect(next.status).toBe(503);
    expect(Number(next.headers.get('retry-after'))).toBeGreaterThanOrEqual(58);
    expect(Number(next.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(desk.calls).toHaveLength(1);
  });

  it('uses the whole quota without Redis configured, and not more', async () => {
    await start({ DESK_MAX_RPS: '8', DESK_DEADLINE_MS: '3000' });
    const before = performance.now();
    for (const { status } of await load(8)) expect(status).toBe(200);
    expect((await service.get('/sessions/load-100/messages')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(1000);
    expect(await metric('desk_calls_total{command="describe_chat_messages",code="0"}')).toBe(9);
  });

  it('answers 429 with a correct Retry-After if the quota is used up until the deadline', async () => {
    await start({ DESK_MAX_RPS: '2', DESK_DEADLINE_MS: '1500' });
    const responses = await load(10);
    const statuses = responses.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429, 429, 429, 429]);
    const limited = responses.find(({ status }) => status === 429);
    expect(await limited?.json()).toMatchObject({ code: 'upstream-rate-limited' });
    expect(Number(limited?.headers.get('retry-after'))).toBeLessThanOrEqual(2);
    expect((await metric('desk_quota_wait_seconds_count')) ?? 0).toBe(4);
    expect(await metric('desk_queue_length')).toBe(0);
  });

  it('answers each of 3,000 concurrent requests, and health meanwhile', async () => {
    await start({ DESK_MAX_RPS: '20', DESK_DEADLINE_MS: '4000' });
    desk.latency(400);
    const over = new AbortController();
    const health = askHealthUntil(over.signal);
    const counts = new Map<number, number>();
    // Not all at the same moment: what the kernel's accept queue rejects never reaches the service.
    const waves: Promise<Response[]>[] = [];
    try {
      for (let from = 0; from < 3000; from += 300) {
        waves.push(load(300, from));
        await sleep(30);
      }
      for (const response of (await Promise.all(waves)).flat()) {
        counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
        if (response.status === 429 || response.status === 503) {
          expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
        }
        await response.arrayBuffer();
      }
    } finally {
      over.abort();
    }
    // Each is asked for after the one before was answered; a slow machine lets this process ask only a few.
    expect(await health).toBeGreaterThan(2);
    for (const status of counts.keys()) expect([200, 429, 503, 504]).toContain(status);
    expect(counts.get(200)).toBeGreaterThanOrEqual(20);
    expect(desk.maxInFlight).toBeLessThanOrEqual(100);
    expect((await service.get('/sessions/load-900000/messages')).status).toBe(200);
  });
});
