import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Answer, ask } from './http.js';
import { describeWithOwnRedis, redisCli, type RedisServer, startRedis } from './redis-server.js';
import { type Service, startService } from './service.js';

const PATH = '/sessions/long-session/messages';
const ANN = { 'x-api-key': 'ann-key' };
const BOB = { 'x-api-key': 'bob-key' };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let simulator: Simulator;
let redis: RedisServer;
const services: Service[] = [];

async function start(environment: Record<string, string>): Promise<Service> {
  const service = await startService({
    DESK_BASE_URL: simulator.url,
    DESK_MAX_RPS: '1000',
    AUTH_MODE: 'api-key',
    API_KEYS: `ann:${sha256('ann-key')},bob:${sha256('bob-key')}`,
    RATE_LIMIT_PER_MINUTE: '5',
    ...environment,
  });
  services.push(service);
  return service;
}

async function statuses(
  service: Service,
  headers: Record<string, string>,
  paths: readonly string[],
): Promise<number[]> {
  const found: number[] = [];
  for (const path of paths) found.push((await ask(service, path, { headers })).status);
  return found;
}

function expectRefused(answer: Answer): void {
  expect(answer.status).toBe(429);
  expect(answer.json()).toMatchObject({ code: 'too-many-requests', status: 429 });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(50);
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
  expect(answer.headers).not.toHaveProperty('etag');
}

describeWithOwnRedis('a limit for each caller', () => {
  beforeAll(async () => {
    [simulator, redis] = await Promise.all([startSimulator(), startRedis()]);
  });

  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.kill()));
    await redis.restart();
    simulator.reset();
  });

  afterAll(async () => {
    await Promise.all([simulator.close(), redis.stop()]);
  });

  test.each(['memory', 'redis'])(
    'the sixth request of a minute is 429, whatever it asks for; others go on: %s',
    async (kind) => {
      const service = await start(kind === 'redis' ? { REDIS_URL: redis.url } : {});
      const paths = [PATH, `${PATH}?limit=0`, '/sessions/x/y', '/sessions/not-there/messages', PATH];
      expect(await statuses(service, ANN, paths)).toEqual([200, 400, 404, 404, 200]);
      for (const path of [...paths, '/sessions']) expectRefused(await ask(service, path, { headers: ANN }));
      expectRefused(await ask(service, PATH, { headers: ANN, method: 'DELETE' }));
      expect(await statuses(service, ANN, ['/metrics', '/health/live', '/docs', '/nothing'])).toEqual([
        200, 200, 200, 404,
      ]);
      expect((await ask(service, PATH)).status).toBe(401);
      expect(await statuses(service, BOB, paths)).toEqual([200, 400, 404, 404, 200]);
    },
  );

  test('0 means no limit', async () => {
    const service = await start({ RATE_LIMIT_PER_MINUTE: '0' });
    expect(await statuses(service, ANN, Array<string>(30).fill(PATH))).toEqual(Array(30).fill(200));
  });

  test('two replicas count together, and admit exactly the limit in a burst', async () => {
    const [one, two] = await Promise.all([start({ REDIS_URL: redis.url }), start({ REDIS_URL: redis.url })]);
    const burst = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        ask(i % 2 === 0 ? one : two, `/sessions/load-${i}/messages`, { headers: ANN }),
      ),
    );
    expect(burst.filter(({ status }) => status === 200)).toHaveLength(5);
    burst.filter(({ status }) => status !== 200).forEach(expectRefused);
    expect(simulator.calls.length).toBe(5);
    expect(await statuses(two, BOB, [PATH, PATH])).toEqual([200, 200]);
  });

  test.each([
    ['text', ['SET', 'garbage']],
    ['a number out of range', ['SET', '9223372036854775807']],
    ['a negative number', ['SET', '-1000']],
    ['a list', ['RPUSH', 'x']],
  ])('a corrupt key (%s) is replaced', async (_, [command = '', value = '']) => {
    const service = await start({ REDIS_URL: redis.url });
    redisCli(redis.port, command, 'desk:limit:ann', value);
    expect(await statuses(service, ANN, Array<string>(7).fill(PATH))).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(Number(redisCli(redis.port, 'PTTL', 'desk:limit:ann'))).toBeGreaterThan(0);
  });

  test('without Redis each replica counts for itself, and nobody waits', async () => {
    const service = await start({ REDIS_URL: redis.url });
    expect(await statuses(service, ANN, [PATH, PATH])).toEqual([200, 200]);
    redis.freeze();
    const started = Date.now();
    expect(await statuses(service, ANN, Array<string>(6).fill(PATH))).toEqual([200, 200, 200, 200, 200, 429]);
    // The first one waits 100 ms for Redis, which never answers; that opens the breaker for the others.
    expect(Date.now() - started).toBeLessThan(2500);
    expect((await ask(service, '/metrics', { headers: ANN })).text).toContain('\nredis_up 0');
    await redis.kill();
    expect(await statuses(service, BOB, Array<string>(6).fill(PATH))).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('without authentication the limit is per address', async () => {
    const service = await start({ AUTH_MODE: 'none' });
    expect(await statuses(service, {}, Array<string>(6).fill(PATH))).toEqual([200, 200, 200, 200, 200, 429]);
    expect(service.output()).toContain('"caller":"127.0.0.1"');
  });
});
