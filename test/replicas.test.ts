import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { messagesPath, Replicas, slowest, statusesOf } from './replicas.js';
import { until } from './until.js';

const FRESH_MS = 2000;
/** Long enough for a burst to arrive everywhere before the desk answers, on a busy machine. */
const LATENCY_MS = 1000;
const noCache = { 'cache-control': 'no-cache' };
const old = Date.UTC(2024, 0, 1);

describeWithRedis('three replicas', () => {
  let desk: Simulator;
  let redis: { readonly url: string; readonly stop: () => Promise<void> };
  let replicas: Replicas;
  let count = 0;
  let id = '';

  const setSession = (length: number, text = (i: number) => `message ${i}`) => {
    desk.setSession(
      id,
      Array.from({ length }, (_, i) => textMessage(text(i), old + i)),
    );
  };

  beforeAll(async () => {
    [desk, redis] = await Promise.all([startSimulator(), anyRedis()]);
    replicas = await Replicas.start(3, {
      DESK_BASE_URL: desk.url,
      REDIS_URL: redis.url,
      DESK_ATTEMPT_TIMEOUT_MS: '5000',
      DESK_DEADLINE_MS: '5000',
      CACHE_FRESH_MIN_MS: String(FRESH_MS),
      CACHE_FRESH_MAX_MS: String(FRESH_MS),
      CACHE_STALE_WHILE_REVALIDATE_MS: '0',
      CACHE_NOT_FOUND_MS: '60000',
    });
    // The first request of a process takes longer than any other.
    id = 'first';
    setSession(1);
    await replicas.burst(6, [messagesPath(id)]);
  });
  beforeEach(() => {
    desk.reset();
    id = `s-${count++}`;
  });
  afterAll(async () => {
    await replicas.stop();
    await Promise.all([desk.close(), redis.stop()]);
  });

  const path = (query = '') => messagesPath(id, query);

  it('make one call for a cold session, whatever windows and orders 60 callers want', async () => {
    setSession(26);
    desk.latency(LATENCY_MS);
    const answers = await replicas.burst(60, ['', '?order=asc', '?limit=3&offset=9', '?limit=100'].map(path));
    expect(statusesOf(answers)).toEqual([200]);
    expect(desk.calls).toHaveLength(1);
  });

  it('make one call for the newest messages and one for the block of a deep page of a cold session', async () => {
    setSession(500);
    desk.latency(LATENCY_MS);
    const answers = await replicas.burst(60, [path('?order=asc&offset=20')]);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(desk.calls).toHaveLength(2);
  });

  it('do not fetch a block twice however fast the desk is', async () => {
    setSession(500);
    await replicas.burst(60, [path('?order=asc&offset=20')]);
    const blocks = desk.calls.filter(({ order }) => order === 1);
    expect(blocks).toHaveLength(1);
  });

  it('make one call for a stale session, also when the desk fails: all get the stale page', async () => {
    setSession(26);
    await replicas.each(path());
    await sleep(FRESH_MS);
    desk.forgetCalls();
    desk.latency(LATENCY_MS);
    expect(statusesOf(await replicas.burst(60, [path(), path('?order=asc')]))).toEqual([200]);
    expect(desk.calls).toHaveLength(1);
    await sleep(FRESH_MS);
    desk.forgetCalls();
    desk.faultUntilReset({ kind: 'error', code: 141009 });
    expect(statusesOf(await replicas.burst(60, [path(), path('?order=asc')]))).toEqual([200]);
    expect(desk.calls).toHaveLength(1);
  });

  it.each([
    [429, { kind: 'error', code: 141009 }] as const,
    [404, { kind: 'error', code: 141010 }] as const,
    [400, { kind: 'error', code: 141004 }] as const,
    [504, { kind: 'hang' }] as const,
  ])('answer %d to all 60 from one call', async (status, fault) => {
    setSession(26);
    desk.latency(LATENCY_MS);
    desk.faultUntilReset(fault);
    const answers = await replicas.burst(60, [path(), path('?order=asc'), path('?offset=20')]);
    expect(statusesOf(answers)).toEqual([status]);
    expect(desk.calls).toHaveLength(1);
  });

  it('let no read of a cold session wait for a lock that a request beside it took and does not use', async () => {
    for (let round = 0; round < 10; round++) {
      id = `beside-${round}`;
      setSession(26);
      const asked = Array.from({ length: 24 }, (_, i) => replicas.get(i, path(), i % 4 < 2 ? {} : noCache));
      const answers = await Promise.all(asked);
      expect(statusesOf(answers)).toEqual([200]);
      // A lock that nobody releases would be waited for until it expires after 3 s.
      expect(slowest(answers)).toBeLessThan(2500);
    }
  });

  it('make one call for many concurrent no-cache requests, for each block of their window too', async () => {
    setSession(300);
    await replicas.each(path('?order=asc&offset=20'));
    desk.forgetCalls();
    desk.latency(LATENCY_MS);
    expect(statusesOf(await replicas.burst(60, [path('?order=asc&offset=20')], noCache))).toEqual([200]);
    expect(desk.calls).toHaveLength(2);
  });

  it.each([
    ['the newest page', ''],
    ['a page deep inside', '?order=asc&offset=20'],
    ['a page across two blocks', '?order=asc&offset=90'],
  ])('serve the result of a no-cache request everywhere within 2 s: %s', async (_, query) => {
    const slow = await Replicas.start(3, { DESK_BASE_URL: desk.url, REDIS_URL: redis.url });
    try {
      setSession(300);
      await slow.each(path(query));
      setSession(300, (i) => `edited ${i}`);
      const anew = await slow.get(0, path(query), noCache);
      expect(anew.body).toContain('edited');
      await sleep(2000);
      const calls = desk.calls.length;
      for (const answer of await slow.each(path(query))) expect(answer.body).toBe(anew.body);
      expect(desk.calls).toHaveLength(calls);
    } finally {
      await slow.stop();
    }
  });

  it('drop a session everywhere within 2 s once a no-cache request found that it does not exist', async () => {
    setSession(26);
    await replicas.each(path());
    desk.remove(id);
    expect((await replicas.get(0, path(), noCache)).status).toBe(404);
    await sleep(2000);
    desk.forgetCalls();
    expect(statusesOf(await replicas.each(path()))).toEqual([404]);
    expect(desk.calls).toHaveLength(0);
  });

  it('do not show a session again after one of them answered that it does not exist', async () => {
    setSession(26);
    await replicas.each(path());
    desk.remove(id);
    desk.latency(LATENCY_MS);
    expect(statusesOf(await replicas.burst(12, [path()], noCache))).toEqual([404]);
    expect(statusesOf(await replicas.burst(12, [path()]))).toEqual([404]);
  });
});

describeWithRedis('a replica that dies while the desk hangs', () => {
  it('delays the others by little more than 3 s', async () => {
    const [desk, redis] = await Promise.all([startSimulator(), anyRedis()]);
    const replicas = await Replicas.start(3, { DESK_BASE_URL: desk.url, REDIS_URL: redis.url });
    try {
      desk.failNext({ kind: 'hang' });
      const lost = replicas.get(0, messagesPath('long-session')).catch(() => undefined);
      await until(() => desk.calls.length > 0);
      const waiting = Promise.all([1, 2, 1, 2].map((nth) => replicas.get(nth, messagesPath('long-session'))));
      await replicas.nth(0).kill();
      const answers = await waiting;
      await lost;
      expect(statusesOf(answers)).toEqual([200]);
      expect(desk.calls).toHaveLength(2);
      // 10 s is how long a request would wait for the desk itself.
      expect(slowest(answers)).toBeLessThan(6000);
    } finally {
      await replicas.stop();
      await Promise.all([desk.close(), redis.stop()]);
    }
  });
});
