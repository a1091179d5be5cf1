import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeWithOwnRedis, redisCli, type RedisServer, startRedis } from './redis-server.js';
import { metricOf } from './scrape.js';
import { until } from './until.js';
import { SOON_MS, WebhookReplicas } from './webhook-replicas-rig.js';

describeWithOwnRedis('webhooks over two replicas', () => {
  let redis: RedisServer;
  let rig: WebhookReplicas;

  beforeAll(async () => {
    redis = await startRedis();
    rig = await WebhookReplicas.start({ REDIS_URL: redis.url });
  });
  beforeEach(() => rig.begin());
  afterAll(async () => {
    await rig.stop();
    await redis.stop();
  });

  /** How many request ids Redis has: they are written behind the answers, after all else. */
  const seenRequests = () => redisCli(redis.port, 'keys', '*:webhook:*').match(/\S+/g)?.length ?? 0;
  const reportAndWait = async (requestId: string) => {
    const before = seenRequests();
    await rig.report(0, requestId);
    await until(() => seenRequests() > before);
  };

  it('make the next read fresh at every replica, for one call', async () => {
    await rig.replicas.undisturbed(async () => {
      await rig.begin();
      await rig.readAll();
      rig.write('second');
      await rig.report(0);
      expect(await rig.shownAfter(1, 'second')).toBeLessThan(SOON_MS);
      expect((await rig.read(0)).body).toContain('second');
    });
    expect(rig.calls).toBe(2);
  });

  it('keep a flight at another replica from counting as fresh', async () => {
    await rig.changeDuringFlight('second');
    expect(await rig.shownAfter(1, 'second')).toBeLessThan(SOON_MS);
    expect(await rig.shownAfter(0, 'second')).toBeLessThan(SOON_MS);
  });

  it('cost at most 2 s if the notice between replicas is lost', async () => {
    await rig.readAll();
    redisCli(redis.port, 'acl', 'setuser', 'default', 'resetchannels');
    try {
      rig.write('second');
      await rig.report(0);
      expect(await rig.shownAfter(1, 'second')).toBeLessThan(2000 + SOON_MS);
    } finally {
      redisCli(redis.port, 'acl', 'setuser', 'default', 'allchannels');
    }
  });

  it('that one replica has received already are duplicates at another', async () => {
    const duplicates = () => metricOf(rig.replicas.nth(1), 'webhook_events_total{outcome="duplicate"}');
    const before = await duplicates();
    await reportAndWait(`seen-twice-${rig.id}`);
    await rig.readAll();
    await rig.report(1, `seen-twice-${rig.id}`);
    await until(async () => (await duplicates()) === before + 1);
    await rig.readAll();
    expect(rig.calls).toBe(1);
  });

  it('are answered at once and take effect here while Redis is frozen, and everywhere once it is back', async () => {
    await rig.readAll();
    redis.freeze();
    try {
      rig.write('second');
      const startedAt = performance.now();
      expect((await rig.report(0)).status).toBe(200);
      expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
      expect(await rig.shownAfter(0, 'second')).toBeLessThan(SOON_MS);
    } finally {
      redis.thaw();
    }
    await rig.replicas.redisIs('up');
    expect(await rig.shownAfter(1, 'second')).toBeLessThan(2000 + 2 * SOON_MS);
  });

  it('leave only hashes of the session in the key names of Redis', async () => {
    await reportAndWait(`a-request-id-of-${rig.id}`);
    const keys = redisCli(redis.port, 'keys', '*');
    expect(keys).toContain(':change');
    expect(keys).not.toContain(rig.id);
    expect(keys).not.toContain('a-request-id');
  });
});
