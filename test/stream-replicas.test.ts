import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { EventStream, streamPath } from './event-stream.js';
import { describeWithOwnRedis, type RedisServer, startRedis } from './redis-server.js';
import { messagesPath, Replicas } from './replicas.js';
import { sendWebhook, TOKEN } from './webhook.js';
import { wireMessages } from './wire-messages.js';

/** A webhook takes milliseconds; without it, a stream would wait for the end of a freshness lifetime of 60 s. */
const SOON_MS = 5000;

describeWithOwnRedis('streams at two replicas', () => {
  let redis: RedisServer;
  let desk: Simulator;
  let replicas: Replicas | undefined;
  let streams: EventStream[];

  beforeAll(async () => {
    redis = await startRedis();
    desk = await startSimulator();
  });

  afterAll(async () => {
    await redis.stop();
    await desk.close();
  });

  beforeEach(() => {
    desk.reset();
    streams = [];
  });

  afterEach(async () => {
    for (const stream of streams) stream.leave();
    await replicas?.stop();
  });

  const start = async (environment: Record<string, string> = {}): Promise<Replicas> => {
    replicas = await Replicas.start(2, { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, ...environment });
    return replicas;
  };
  const follow = async (of: Replicas, nth: number, path: string, headers?: Record<string, string>) => {
    const stream = await EventStream.open(of.nth(nth), path, headers);
    streams.push(stream);
    await stream.count(1);
    return stream;
  };

  test('call the desk once for each freshness lifetime, and send the same', async () => {
    const two = await start({ CACHE_FRESH_MIN_MS: '1000', CACHE_FRESH_MAX_MS: '1000' });
    desk.setSession('talk', wireMessages(0, 3));
    const both = [await follow(two, 0, streamPath('talk')), await follow(two, 1, streamPath('talk'))];
    await two.undisturbed(async () => {
      desk.forgetCalls();
      const startedAt = Date.now();
      await sleep(6000);
      expect(desk.calls.length).toBeLessThanOrEqual((Date.now() - startedAt) / 1000 + 1);
      expect(desk.calls.length).toBeGreaterThanOrEqual(2);
    });
    desk.append('talk', ...wireMessages(3, 2));
    await Promise.all(both.map((stream) => stream.until(({ positions }) => positions.length === 2)));
    for (const stream of both) expect(stream.positions).toEqual([3, 4]);
  });

  test('send within a second what a replica fetched for a page', async () => {
    const two = await start({ CACHE_FRESH_MIN_MS: '9000', CACHE_FRESH_MAX_MS: '9000' });
    desk.setSession('page', wireMessages(0, 3));
    const [here, there] = [await follow(two, 0, streamPath('page')), await follow(two, 1, streamPath('page'))];
    await two.undisturbed(async () => {
      const known = here.positions.length;
      desk.append('page', ...wireMessages(3 + known, 1));
      await two.get(0, messagesPath('page'), { 'Cache-Control': 'no-cache' });
      const askedAt = Date.now();
      for (const stream of [here, there]) await stream.until(({ positions }) => positions.length > known);
      expect((there.events.at(-1)?.at ?? Infinity) - askedAt).toBeLessThan(1000);
    });
  });

  test('reset once after a session shrank and then continue, whichever replica noticed it', async () => {
    const two = await start({ CACHE_FRESH_MIN_MS: '1000', CACHE_FRESH_MAX_MS: '1000' });
    desk.setSession('shrunk', wireMessages(0, 130));
    const both = [await follow(two, 0, streamPath('shrunk')), await follow(two, 1, streamPath('shrunk'))];
    await two.get(1, messagesPath('shrunk', '?order=asc&limit=100'));
    desk.shrink('shrunk', 12);
    await two.get(0, messagesPath('shrunk'), { 'Cache-Control': 'no-cache' });
    await Promise.all(both.map((stream) => stream.count(2)));
    desk.append('shrunk', ...wireMessages(12, 2));
    await Promise.all(both.map((stream) => stream.until(({ lastEventId }) => lastEventId === '14')));
    const expected = [
      ['ready', '130', 130, []],
      ['reset', '12', 12, []],
      ['messages', '14', 14, [12, 13]],
    ];
    for (const stream of both) expect(stream.summary()).toEqual(expected);
    for (const nth of [0, 1]) {
      const { body } = await two.get(nth, messagesPath('shrunk', '?order=asc&limit=100'));
      expect([...body.matchAll(/"position":(\d+)/g)].map(([, position]) => Number(position))).toEqual(
        Array.from({ length: 14 }, (_, i) => i),
      );
    }
  });

  test('are woken by a webhook that another replica received', async () => {
    const two = await start({ CACHE_FRESH_MIN_MS: '60000', CACHE_FRESH_MAX_MS: '60000', WEBHOOK_TOKENS: TOKEN });
    await sendWebhook(two.nth(0), { sessionId: 'another' });
    desk.setSession('told', wireMessages(0, 3));
    const there = await follow(two, 1, streamPath('told'));
    await two.undisturbed(async () => {
      const known = there.positions.length;
      desk.append('told', ...wireMessages(3 + known, 1));
      const changedAt = Date.now();
      await sendWebhook(two.nth(0), { sessionId: 'told' });
      await there.until(({ positions }) => positions.length > known);
      expect((there.events.at(-1)?.at ?? Infinity) - changedAt).toBeLessThan(SOON_MS);
    });
  });

  test('leave a quarter of the quota to interactive requests, over all replicas', async () => {
    const two = await start({ DESK_MAX_RPS: '10', CACHE_FRESH_MIN_MS: '0', CACHE_FRESH_MAX_MS: '0' });
    const ids = Array.from({ length: 40 }, (_, i) => `many${i}`);
    for (const id of ids) desk.setSession(id, wireMessages(0, 3));
    await Promise.all(ids.map((id, i) => follow(two, i % 2, streamPath(id))));
    await two.undisturbed(async () => {
      desk.forgetCalls();
      const startedAt = Date.now();
      await sleep(6000);
      const seconds = (Date.now() - startedAt) / 1000;
      expect(desk.calls.length).toBeLessThanOrEqual(7 * (seconds + 1));
      expect(desk.calls.length).toBeGreaterThan(7 * 2);
    });
  });

  test('let a client of a killed replica continue at the other, with nothing missed or repeated', async () => {
    const two = await start({ CACHE_FRESH_MIN_MS: '300', CACHE_FRESH_MAX_MS: '300' });
    desk.setSession('killed', wireMessages(0, 3));
    const first = await follow(two, 0, streamPath('killed'));
    desk.append('killed', ...wireMessages(3, 1));
    await first.until(({ positions }) => positions.length === 1);
    await two.nth(0).kill();
    await first.until(({ hasEnded }) => hasEnded);
    desk.append('killed', ...wireMessages(4, 2));
    const second = await follow(two, 1, streamPath('killed'), { 'Last-Event-ID': first.lastEventId });
    await second.until(({ positions }) => positions.length === 2);
    expect([...first.positions, ...second.positions]).toEqual([3, 4, 5]);
  });

  test('continue while Redis is frozen, killed and back, and send nothing wrong', async () => {
    const two = await start({ CACHE_FRESH_MIN_MS: '300', CACHE_FRESH_MAX_MS: '300' });
    desk.setSession('redis', wireMessages(0, 3));
    const both = [await follow(two, 0, streamPath('redis')), await follow(two, 1, streamPath('redis'))];
    let total = 3;
    const grow = async () => {
      desk.append('redis', ...wireMessages(total, 1));
      total += 1;
      await Promise.all(both.map((stream) => stream.until(({ lastEventId }) => lastEventId === String(total))));
    };
    await grow();
    redis.freeze();
    await grow();
    redis.thaw();
    await grow();
    await redis.kill();
    await grow();
    await redis.restart();
    await two.redisIs('up');
    await grow();
    const all = Array.from({ length: total - 3 }, (_, i) => 3 + i);
    for (const { positions, events } of both) {
      expect(positions).toEqual(all);
      expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['ready', 'messages']));
    }
  });

  test('wait for no call that only waits for its turn at another replica', async () => {
    const two = await start({
      DESK_MAX_RPS: '10',
      CACHE_FRESH_MAX_MS: '2000',
      CACHE_STALE_WHILE_REVALIDATE_MS: '0',
      CACHE_STALE_IF_ERROR_MS: '0',
    });
    const ids = Array.from({ length: 60 }, (_, i) => `busy${i}`);
    for (const id of ids) desk.setSession(id, wireMessages(0, 3));
    await Promise.all(ids.map((id) => follow(two, 0, streamPath(id))));
    const times: number[] = [];
    for (const id of ids.slice(0, 10)) {
      await sleep(300);
      const { status, ms } = await two.get(1, messagesPath(id));
      expect(status).toBe(200);
      times.push(ms);
    }
    expect(median(times)).toBeLessThan(1000);
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
