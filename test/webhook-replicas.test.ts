import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeWithOwnRedis, redisCli, type RedisServer, startRedis } from './redis-server.js';
import { SOON_MS, ToldReplicas } from './told-replicas.js';

describeWithOwnRedis('webhooks over two replicas', () => {
  let redis: RedisServer;
  let told: ToldReplicas;

  beforeAll(async () => {
    redis = await startRedis();
    told = await ToldReplicas.start({ REDIS_URL: redis.url });
  });
  beforeEach(() => told.begin());
  afterAll(async () => {
    await told.stop();
    await redis.stop();
  });

  it('make the next read fresh at every replica, for one call', async () => {
    await told.replicas.undisturbed(async () => {
      await told.begin();
      await told.readAll();
      told.write('second');
      await told.tell(0);
      expect(await told.shownAfter(1, 'second')).toBeLessThan(SOON_MS);
      expect((await told.read(0)).body).toContain('second');
    });
    expect(told.calls).toBe(2);
  });

  it('keep a flight at another replica from counting as fresh', async () => {
    await told.read(1);
    await told.tell(1);
    told.desk.latency(500);
    const underWay = told.read(0);
    await sleep(200);
    told.desk.latency(0);
    told.write('second');
    await told.tell(1);
    await underWay;
    expect(await told.shownAfter(1, 'second')).toBeLessThan(SOON_MS);
    expect(await told.shownAfter(0, 'second')).toBeLessThan(SOON_MS);
  });

  it('cost at most 2 s if the notice between replicas is lost', async () => {
    await told.readAll();
    redisCli(redis.port, 'acl', 'setuser', 'default', 'resetchannels');
    try {
      told.write('second');
      await told.tell(0);
      expect(await told.shownAfter(1, 'second')).toBeLessThan(2000 + SOON_MS);
    } finally {
      redisCli(redis.port, 'acl', 'setuser', 'default', 'allchannels');
    }
  });

  it('that one replica has received already are duplicates at another', async () => {
    await told.tell(0, 'a-request-seen-twice');
    await sleep(500);
    await told.readAll();
    await told.tell(1, 'a-request-seen-twice');
    await sleep(500);
    await told.readAll();
    expect(told.calls).toBe(1);
  });

  it('are answered at once and take effect here while Redis is frozen, and everywhere once it is back', async () => {
    await told.readAll();
    redis.freeze();
    try {
      told.write('second');
      const startedAt = performance.now();
      expect((await told.tell(0)).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
      expect(await told.shownAfter(0, 'second')).toBeLessThan(SOON_MS);
    } finally {
      redis.thaw();
    }
    await told.replicas.redisIs('up');
    expect(await told.shownAfter(1, 'second')).toBeLessThan(2000 + 2 * SOON_MS);
  });

  it('leave only hashes of the session in the key names of Redis', async () => {
    await told.tell(0, 'a-request-id');
    await sleep(500);
    const keys = redisCli(redis.port, 'keys', '*');
    expect(keys).toContain(':change');
    expect(keys).not.toContain(told.id);
    expect(keys).not.toContain('a-request-id');
  });
});
