import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { describeWithOwnRedis, redisCli, type RedisServer, startRedis } from './redis-server.js';
import { messagesPath, Replicas } from './replicas.js';
import { sendWebhook, TOKEN } from './webhook.js';

/** A notice takes a round trip to Redis; the rest is for a busy machine. */
const SOON_MS = 1000;

describeWithOwnRedis('webhooks over two replicas', () => {
  let desk: Simulator;
  let redis: RedisServer;
  let replicas: Replicas;
  let made = 0;
  let id = '';

  beforeAll(async () => {
    [desk, redis] = await Promise.all([startSimulator(), startRedis()]);
    replicas = await Replicas.start(2, {
      DESK_BASE_URL: desk.url,
      REDIS_URL: redis.url,
      CACHE_FRESH_MIN_MS: '60000',
      CACHE_FRESH_MAX_MS: '60000',
      WEBHOOK_TOKENS: TOKEN,
    });
  });
  beforeEach(async () => {
    desk.reset();
    id = `told-${++made}`;
    desk.setSession(id, [message('first')]);
    await replicas.redisIs('up');
  });
  afterAll(async () => {
    await replicas.stop();
    await Promise.all([desk.close(), redis.stop()]);
  });

  const message = (text: string) => textMessage(text, Date.now());
  const read = (nth: number) => replicas.get(nth, messagesPath(id));
  const calls = () => desk.calls.filter(({ sessionId }) => sessionId === id).length;
  const tell = (nth: number, requestId?: string) =>
    sendWebhook(replicas.nth(nth), { sessionId: id, ...(requestId === undefined ? {} : { requestId }) });

  /** How long until a replica shows it. */
  const shownAfter = async (nth: number, text: string): Promise<number> => {
    const startedAt = performance.now();
    while (!(await read(nth)).body.includes(text)) await sleep(10);
    return performance.now() - startedAt;
  };

  it('make the next read new at every replica, for one call', async () => {
    await replicas.undisturbed(async () => {
      await read(0);
      await read(1);
      desk.append(id, message('second'));
      await tell(0);
      expect(await shownAfter(1, 'second')).toBeLessThan(SOON_MS);
      expect((await read(0)).body).toContain('second');
    });
    expect(calls()).toBe(2);
  });

  it('keep a flight from counting as new that was under way at another replica', async () => {
    await read(1);
    await tell(1);
    desk.latency(500);
    const underWay = read(0);
    await sleep(200);
    desk.latency(0);
    desk.append(id, message('second'));
    await tell(1);
    await underWay;
    expect(await shownAfter(1, 'second')).toBeLessThan(SOON_MS);
    expect(await shownAfter(0, 'second')).toBeLessThan(SOON_MS);
  });

  it('cost at most 2 s where the notice between replicas is lost', async () => {
    await read(0);
    await read(1);
    // Nobody listens any more: every connection that does is cut, and may come back only later.
    const noPublish = ['acl', 'setuser', 'default', 'resetchannels'];
    redisCli(redis.port, ...noPublish);
    try {
      desk.append(id, message('second'));
      await tell(0);
      expect(await shownAfter(1, 'second')).toBeLessThan(2000 + SOON_MS);
    } finally {
      redisCli(redis.port, 'acl', 'setuser', 'default', 'allchannels');
    }
  });

  it('that one replica had already are nothing new to another', async () => {
    await tell(0, `request-${made}`);
    await sleep(100);
    await read(0);
    await read(1);
    await tell(1, `request-${made}`);
    await sleep(100);
    await read(0);
    await read(1);
    expect(calls()).toBe(1);
  });

  it('are answered at once and do their work here while Redis is frozen, and everywhere once it is back', async () => {
    await read(0);
    await read(1);
    redis.freeze();
    try {
      desk.append(id, message('second'));
      const startedAt = performance.now();
      expect((await tell(0)).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
      expect(await shownAfter(0, 'second')).toBeLessThan(SOON_MS);
    } finally {
      redis.thaw();
    }
    await replicas.redisIs('up');
    expect(await shownAfter(1, 'second')).toBeLessThan(2000 + 2 * SOON_MS);
  });

  it('leave nothing of the session in the clear names of Redis but hashes', async () => {
    await tell(0, 'a-request-id');
    await sleep(100);
    const keys = redisCli(redis.port, 'keys', '*');
    expect(keys).toContain(':change');
    expect(keys).not.toContain(id);
    expect(keys).not.toContain('a-request-id');
  });
});
