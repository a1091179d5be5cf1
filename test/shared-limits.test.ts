import { randomBytes } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CallerLimit } from '../src/access/caller-limit.js';
import { Quota } from '../src/desk/admission/quota.js';
import { connectRedis, type RedisClient } from '../src/redis/connect.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { anyRedis, describeWithRedis } from './redis-server.js';

const request = () => new IncomingMessage(new Socket());

/** Keys and values are the same in every release so far: replicas of two releases count together. */
describeWithRedis('during a rolling deploy', () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  let link: RedisLink;
  let client: RedisClient;
  let prefix: string;

  beforeEach(async () => {
    redis = await anyRedis();
    client = connectRedis({ url: redis.url, sentinelName: undefined });
    link = new RedisLink(client);
    await link.whenUp(10_000);
    prefix = `test-${randomBytes(6).toString('hex')}`;
  });
  afterEach(async () => {
    link.close();
    await redis.stop();
  });

  it('calls that 1.0.0 sent count for the quota', async () => {
    const key = `${prefix}:{desk}:quota`;
    const [seconds, micros] = await client.call('TIME').then((time) => (Array.isArray(time) ? time.map(Number) : []));
    const at = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    for (const index of [0, 1]) await client.zadd(key, at, `${seconds}:${micros}:${index}`);
    const quota = new Quota(link, prefix, 3, () => performance.now());
    expect(await quota.take()).toBe(0);
    const waitMs = await quota.take();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(1050);
    const members = await client.zrange(key, '0', '-1');
    expect(members).toHaveLength(3);
    for (const member of members) expect(member).toMatch(/^\d{10}:\d{1,6}:[012]$/);
    expect(await client.pttl(key)).toBeGreaterThan(0);
  });

  it("requests that 1.0.0 answered count for the caller's limit", async () => {
    const key = `${prefix}:limit:ann`;
    await client.set(key, '3', 'PX', 30_000);
    const limit = new CallerLimit(link, prefix, 5, () => performance.now());
    const waits = await Promise.all(Array.from({ length: 4 }, async () => limit.take(request(), 'ann')));
    expect(waits.map((ms) => ms > 0)).toEqual([false, false, true, true]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_000);
    expect(await client.get(key)).toBe('7');
  });

  describe('a limit of 600 on ten replicas', () => {
    const replicas = (now: () => number) => Array.from({ length: 10 }, () => new CallerLimit(link, prefix, 600, now));
    const commands = async () => Number(/evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0);
    /** How many of `count` requests pass, each replica in its turn. */
    async function passed(limits: readonly CallerLimit[], count: number): Promise<number> {
      let passes = 0;
      for (let i = 0; i < count; i++) {
        if ((await limits[i % limits.length]?.take(request(), 'ann')) === 0) passes += 1;
      }
      return passes;
    }

    it('is spent in leases: nearly all of it passes, none beyond it, and most requests cost no command', async () => {
      const limits = replicas(() => 0);
      const before = await commands();
      const passes = await passed(limits, 700);
      expect(passes).toBeLessThanOrEqual(600);
      expect(passes).toBeGreaterThan(570);
      expect((await commands()) - before).toBeLessThan(400);
    });

    it('is all available to one replica if the others saw the caller once', async () => {
      const limits = replicas(() => 0);
      expect(await passed(limits, 10)).toBe(10);
      expect(await passed(limits.slice(0, 1), 600)).toBeGreaterThan(575);
    });

    it('starts again with the minute, whatever is left of a lease', async () => {
      let now = 0;
      const limits = replicas(() => now);
      expect(await passed(limits, 300)).toBe(300);
      now = 60_000;
      await client.del(`${prefix}:limit:ann`);
      const passes = await passed(limits, 700);
      expect(passes).toBeLessThanOrEqual(600);
      expect(passes).toBeGreaterThan(570);
    });
  });

  it('a caller over the limit costs Redis nothing until the minute is over', async () => {
    let now = 0;
    const limit = new CallerLimit(link, prefix, 1, () => now);
    expect(await limit.take(request(), 'ann')).toBe(0);
    expect(await limit.take(request(), 'ann')).toBeGreaterThan(59_000);
    expect(await client.get(`${prefix}:limit:ann`)).toBe('1');
    now = 60_000;
    await client.del(`${prefix}:limit:ann`);
    expect(await limit.take(request(), 'ann')).toBe(0);
  });
});
