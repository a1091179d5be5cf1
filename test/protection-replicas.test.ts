import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { redisCli, type RedisServer, startRedis } from './redis-server.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

describe('three replicas on one Redis', () => {
  let desk: Simulator;
  let redis: RedisServer;
  let replicas: Service[];

  beforeEach(async () => {
    [desk, redis] = await Promise.all([startSimulator(), startRedis()]);
    replicas = [];
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.kill()));
    await Promise.all([desk.close(), redis.stop()]);
  });

  const start = async (environment: Record<string, string> = {}) => {
    const all = { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, RATE_LIMIT_PER_MINUTE: '0', ...environment };
    replicas = await Promise.all([1, 2, 3].map(() => startService(all)));
  };
  const replica = (nth: number): Service => {
    const found = replicas[nth % replicas.length];
    if (found === undefined) throw new Error('no replica');
    return found;
  };
  /** Different sessions, one replica after the other. */
  const load = (count: number, from = 0) =>
    Promise.all(Array.from({ length: count }, (_, i) => replica(i).get(`/sessions/load-${from + i}/messages`)));
  const statuses = (responses: Response[]) => [...new Set(responses.map(({ status }) => status))].toSorted();

  /**
   * From the first call to the last, by the desk's clock: a machine that stalls makes it longer, never much shorter.
   */
  const spanMs = () => (desk.calls.at(-1)?.at ?? 0) - (desk.calls[0]?.at ?? 0);

  it('share the quota', async () => {
    await start({ DESK_MAX_RPS: '20', DESK_DEADLINE_MS: '20000' });
    expect(statuses(await load(90))).toEqual([200]);
    expect(desk.calls).toHaveLength(90);
    // 20 at once, then 20 more in each of four seconds; without sharing they would be done after one.
    expect(spanMs()).toBeGreaterThan(3200);
  });

  it('share a cool-down that one of them met, and send one trial call when it ends', async () => {
    await start({ DESK_COOLDOWN_MIN_MS: '3000', DESK_MAX_RPS: '1000' });
    expect((await replica(0).get('/sessions/load-900/messages')).status).toBe(200);
    desk.failNext({ kind: 'error', code: 141009 });
    expect((await replica(0).get('/sessions/load-901/messages')).status).toBe(429);
    const limitedAt = performance.now();
    desk.forgetCalls();
    const limited = await load(30);
    expect(statuses(limited)).toEqual([429]);
    for (const response of limited) expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(4);
    expect(desk.calls).toHaveLength(0);
    await sleep(Math.max(0, 3100 - (performance.now() - limitedAt)));
    desk.latency(300);
    expect(statuses(await load(30))).toEqual([200]);
    const [first = 0, second = 0] = desk.calls.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(295);
  });

  it('double the cool-down together while the limit lasts', async () => {
    await start({ DESK_MAX_RPS: '1000' });
    desk.faultUntilReset({ kind: 'error', code: 141009 });
    const retryAfter: number[] = [];
    for (const [nth, ms] of [1000, 2000, 4000].entries()) {
      const response = await replica(nth).get('/sessions/load-1/messages');
      expect(response.status).toBe(429);
      retryAfter.push(Number(response.headers.get('retry-after')));
      expect(desk.calls).toHaveLength(nth + 1);
      if (ms < 4000) await sleep(ms + 50);
    }
    for (const [nth, seconds] of retryAfter.entries()) {
      expect(seconds).toBeGreaterThanOrEqual(2 ** nth);
      expect(seconds).toBeLessThanOrEqual(Math.ceil(2 ** nth * 1.2));
    }
  });

  it('all stop calling for a second when one of them is refused', async () => {
    await start({ DESK_MAX_RPS: '1000' });
    desk.failNext({ kind: 'error', code: 60010 });
    expect((await replica(0).get('/sessions/load-1/messages')).status).toBe(502);
    const others = await Promise.all([replica(1), replica(2)].map((each) => each.get('/sessions/load-2/messages')));
    for (const response of others) {
      expect(response.status).toBe(502);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 60010 });
    }
    expect(desk.calls).toHaveLength(1);
  });

  it('all stay locked out, also if another call is refused meanwhile', async () => {
    await start({ DESK_MAX_RPS: '1000' });
    desk.failNext({ kind: 'error', code: 60010 }, { sessionId: 'load-1' });
    desk.failNext({ kind: 'error', code: 70050 }, { sessionId: 'load-2' });
    desk.latency(1000);
    const refused = replica(0).get('/sessions/load-1/messages');
    await until(() => desk.calls.length === 1);
    desk.latency(0);
    expect(await (await replica(1).get('/sessions/load-2/messages')).json()).toMatchObject({ upstreamCode: 70050 });
    expect(await (await refused).json()).toMatchObject({ upstreamCode: 60010 });
    // A refusal by itself would be over then.
    await sleep(1100);
    for (const each of replicas) {
      const response = await each.get('/sessions/load-3/messages');
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(50);
    }
    expect(redisCli(redis.port, 'GET', 'desk:{desk}:refused')).toBe('lockout');
    expect(desk.calls).toHaveLength(2);
  });

  it('use a quarter of the quota each when Redis is killed under load, and the whole again when it is back', async () => {
    await start({ DESK_MAX_RPS: '20', DESK_DEADLINE_MS: '20000' });
    expect(statuses(await load(30))).toEqual([200]);
    await redis.kill();
    // The second in which calls counted for the quota is over then; below too.
    await sleep(1100);
    desk.forgetCalls();
    expect(statuses(await load(45, 100))).toEqual([200]);
    // Five at once in each replica, and five more a second later, and another second later.
    expect(spanMs()).toBeGreaterThan(1500);
    await redis.restart();
    for (const each of replicas) {
      await until(async () => (await (await each.get('/health/ready')).text()).includes('"redis":"up"'));
    }
    await sleep(1100);
    desk.forgetCalls();
    expect(statuses(await load(60, 200))).toEqual([200]);
    expect(spanMs()).toBeGreaterThan(1500);
  });

  it('answer everything while Redis is frozen under load', async () => {
    await start({ DESK_MAX_RPS: '20', DESK_DEADLINE_MS: '20000' });
    const under = load(60);
    await until(() => desk.calls.length >= 20);
    redis.freeze();
    expect(statuses(await under)).toEqual([200]);
    redis.thaw();
  });

  it.each([
    ['garbage without an end', ['SET', 'desk:{desk}:cooldown', 'garbage']],
    ['a cool-down without an end', ['SET', 'desk:{desk}:cooldown', 'abc:60000:unproven']],
    ['a list', ['RPUSH', 'desk:{desk}:cooldown', 'x']],
  ])('start a cool-down although %s is in its key', async (_what, command) => {
    await start({ DESK_MAX_RPS: '1000' });
    redisCli(redis.port, ...command);
    expect((await replica(0).get('/sessions/load-1/messages')).status).toBe(200);
    desk.failNext({ kind: 'error', code: 141009 });
    expect((await replica(0).get('/sessions/load-2/messages')).status).toBe(429);
    expect((await replica(1).get('/sessions/load-3/messages')).status).toBe(429);
    expect(desk.calls).toHaveLength(2);
    // The cool-down lasts a second.
    await sleep(1100);
    expect((await replica(1).get('/sessions/load-3/messages')).status).toBe(200);
  });

  it('continue whatever else is in the keys of their state', async () => {
    await start();
    const port = redis.port;
    for (const text of [['garbage'], ['garbage', 'PX', '600000'], ['lockout']]) {
      redisCli(port, 'SET', 'desk:{desk}:refused', ...text);
      expect(statuses(await load(3, 10 * text.length))).toEqual([200]);
    }
    redisCli(port, 'DEL', 'desk:{desk}:refused', 'desk:{desk}:quota');
    redisCli(port, 'RPUSH', 'desk:{desk}:refused', 'x');
    redisCli(port, 'SET', 'desk:{desk}:quota', 'x');
    redisCli(port, 'RPUSH', 'desk:{desk}:probe', 'x');
    expect(statuses(await load(6, 100))).toEqual([200]);
  });
});
