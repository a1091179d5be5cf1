import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { freePort } from './free-port.js';
import { describeWithOwnRedis, type RedisServer, startRedis } from './redis-server.js';
import { messagesPath, Replicas, slowest, statusesOf, type TimedAnswer } from './replicas.js';
import { until } from './until.js';

/** Redis may cost about 150 ms; the rest is for a busy machine. Waiting for a missing reply would take 3 s and more. */
const SOON_MS = 2500;

let desk: Simulator;
let redis: RedisServer;
let replicas: Replicas;
let next = 0;

const start = async (count: number, environment: Readonly<Record<string, string>> = {}) => {
  replicas = await Replicas.start(count, { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, ...environment });
};

/** A generated session of the simulator that nobody has asked for yet. */
const coldPath = () => messagesPath(`load-${1000 + next++}`);

/** Reads cached and uncached sessions from all replicas, for as long as `work` takes. */
const during = (work: () => Promise<unknown>, known: string) =>
  replicas.during(work, async () => [...(await replicas.each(known)), ...(await replicas.each(coldPath()))]);

function expectUnharmed(answers: readonly TimedAnswer[]): void {
  expect(statusesOf(answers)).toEqual([200]);
  expect(slowest(answers)).toBeLessThan(SOON_MS);
}

describeWithOwnRedis('while Redis', () => {
  beforeEach(async () => {
    [desk, redis] = await Promise.all([startSimulator(), startRedis()]);
  });
  afterEach(async () => {
    redis.thaw();
    await replicas.stop();
    await Promise.all([desk.close(), redis.stop()]);
  });

  it('is frozen, no request fails or is delayed, and it is used again', async () => {
    await start(2);
    const known = coldPath();
    await replicas.each(known);
    const freeze = async () => {
      redis.freeze();
      await sleep(3000);
    };
    expectUnharmed(await during(freeze, known));
    redis.thaw();
    await replicas.redisIs('up');
    await replicas.share(coldPath);
  });

  it('is frozen under load, its late commands lock nobody out afterwards', async () => {
    await start(2);
    const paths = Array.from({ length: 60 }, coldPath);
    const answers = Promise.all(paths.map((path, i) => replicas.get(i, path)));
    redis.freeze();
    expectUnharmed(await answers);
    redis.thaw();
    await replicas.redisIs('up');
    const more = await Promise.all(paths.map((path, i) => replicas.get(i + 1, `${path}?limit=100`)));
    expect(statusesOf(more)).toEqual([200]);
    expect(slowest(more)).toBeLessThan(2500);
  });

  it('is killed, no request fails or is delayed; once it is back it is used again', async () => {
    await start(2);
    const known = coldPath();
    await replicas.each(known);
    const killAndRestart = async () => {
      await redis.kill();
      await sleep(2000);
      await redis.restart();
    };
    expectUnharmed(await during(killAndRestart, known));
    await replicas.redisIs('up');
    await replicas.share(coldPath);
  });

  it('is down from the start, the service is ready without it and uses it later', async () => {
    await redis.kill();
    const startedAt = performance.now();
    const starting = Replicas.start(2, { DESK_BASE_URL: desk.url, REDIS_URL: redis.url }, 'down');
    replicas = await starting;
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expectUnharmed(await replicas.each(coldPath()));
    expect(await (await replicas.nth(0).get('/health/ready')).json()).toMatchObject({ status: 'degraded' });
    await redis.restart();
    await replicas.redisIs('up');
    await replicas.share(coldPath);
  });

  it('is full and evicts nothing, no request fails or is delayed', async () => {
    await redis.stop();
    redis = await startRedis(['--maxmemory', '1', '--maxmemory-policy', 'noeviction']);
    await start(2);
    const known = coldPath();
    expectUnharmed(await during(() => sleep(1500), known));
  });

  it('becomes full while replicas wait for each other, nobody waits for the lock to expire', async () => {
    await start(2);
    desk.latency(500);
    const path = coldPath();
    const answers = replicas.burst(20, [path]);
    await until(() => desk.calls.length > 0);
    const client = new Redis(redis.url);
    await client.config('SET', 'maxmemory', '1');
    client.disconnect();
    expect(statusesOf(await answers)).toEqual([200]);
    expect(slowest(await answers)).toBeLessThan(2500);
  });

  it('refuses the password, the service works without it and does not log it', async () => {
    await redis.stop();
    redis = await startRedis(['--requirepass', 'right']);
    const url = redis.url.replace('redis://', 'redis://:a-wrong-password@');
    replicas = await Replicas.start(2, { DESK_BASE_URL: desk.url, REDIS_URL: url }, 'down');
    expectUnharmed(await during(() => sleep(1000), coldPath()));
    for (const service of replicas.all) expect(await service.stop()).toBe(0);
    expect(replicas.all.map((service) => service.output()).join('')).not.toContain('a-wrong-password');
  });

  it('is missing, each replica answers alone', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    replicas = await Replicas.start(2, { DESK_BASE_URL: desk.url, REDIS_URL: url }, 'down');
    expectUnharmed(await during(() => sleep(500), coldPath()));
  });
});

const poisons: readonly (readonly [string, (client: Redis, key: string) => Promise<unknown>])[] = [
  ['garbage that never expires', (client, key) => client.set(key, 'garbage')],
  ['garbage with a lifetime', (client, key) => client.set(key, '{"kind":"log","epoch":"e","total":"x"}\n', 'KEEPTTL')],
  ['half of what it was', async (client, key) => client.setrange(key, 0, (await client.get(key))?.slice(0, 40) ?? '')],
  ['nothing', (client, key) => client.set(key, '', 'KEEPTTL')],
  ['a list', async (client, key) => client.multi().del(key).rpush(key, 'a', 'b').exec()],
  [
    'a hash that expires',
    async (client, key) => client.multi().del(key).hset(key, 'a', 'b').pexpire(key, 60_000).exec(),
  ],
  [
    'a past format',
    async (client, key) => {
      const value = await client.getBuffer(key);
      return client.set(key, value?.toString('latin1').replace('"v":1', '"v":0') ?? '', 'KEEPTTL');
    },
  ],
];

describeWithOwnRedis('where every key in Redis is', () => {
  beforeEach(async () => {
    [desk, redis] = await Promise.all([startSimulator(), startRedis()]);
  });
  afterEach(async () => {
    await replicas.stop();
    await Promise.all([desk.close(), redis.stop()]);
  });

  it.each(poisons)('%s, no request fails, is delayed or gets another page', async (_, poison) => {
    await start(3);
    const paths = ['', '?order=asc', '?order=asc&offset=600', '?offset=300&limit=100'].map((query) =>
      messagesPath('long-session', query),
    );
    const right = await Promise.all(paths.map((path) => replicas.get(0, path)));
    await poisonAll(poison);
    for (const nth of [1, 2]) {
      const answers = await Promise.all(paths.map((path) => replicas.get(nth, path)));
      expectUnharmed(answers);
      expect(answers.map(({ body }) => body)).toEqual(right.map(({ body }) => body));
      await poisonAll(poison);
    }
  });
});

async function poisonAll(poison: (client: Redis, key: string) => Promise<unknown>): Promise<void> {
  const client = new Redis(redis.url);
  const keys = await client.keys('*');
  expect(keys.length).toBeGreaterThan(0);
  // A key may be gone, or of another type since the last time.
  await Promise.all(keys.map((key) => poison(client, key).catch(() => undefined)));
  client.disconnect();
}
