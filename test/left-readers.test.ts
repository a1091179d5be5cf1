import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { messagesPath, Replicas } from './replicas.js';
import { metricOf } from './scrape.js';
import { type Service } from './service.js';
import { until } from './until.js';

/** Sends requests without waiting for their answers: `leave` disconnects the clients. */
function readers(service: Service, paths: readonly string[], headers: Record<string, string> = {}) {
  const requests = paths.map((path) =>
    request(`${service.url}${path}`, { agent: false, headers }).on('error', () => undefined),
  );
  const areSent = Promise.all(requests.map((each) => new Promise((resolve) => each.once('finish', resolve))));
  for (const each of requests) each.end();
  return {
    areSent,
    leave: () => {
      for (const each of requests) each.destroy();
    },
  };
}

const paths = (count: number) => Array.from({ length: count }, (_, i) => messagesPath(`load-${i}`));
const DONE = 'desk_calls_total{command="describe_chat_messages",code="0"}';

let desk: Simulator;
let replicas: Replicas;

beforeEach(async () => {
  desk = await startSimulator();
});
afterEach(async () => {
  await replicas.stop();
  await desk.close();
});

describe('150 clients of cold sessions that disconnect before their turn', () => {
  it('hold no place in the queue, and are audited', async () => {
    replicas = await Replicas.start(1, { DESK_BASE_URL: desk.url, DESK_MAX_RPS: '5' }, 'off');
    const service = replicas.nth(0);
    const { leave } = readers(service, paths(150));
    await until(async () => (await metricOf(service, 'desk_queue_length')) > 140);
    const before = desk.calls.length;
    leave();
    await until(async () => (await metricOf(service, 'desk_queue_length')) === 0);
    expect((await replicas.get(0, messagesPath('load-1000'))).status).toBe(200);
    // At 5 a second these calls would have gone on until their deadline, and the next caller would have waited as long.
    expect(desk.calls.length - before).toBeLessThan(15);
    expect(await metricOf(service, 'desk_breaker_open')).toBe(0);
    const audited = (pattern: RegExp) => service.output().match(pattern)?.length ?? 0;
    await until(() => audited(/"audit":"read".*"sessionId":"load-/g) === 151);
    expect(audited(/"audit":"read".*"status":499/g)).toBeGreaterThan(100);
  });
});

describeWithRedis('a client that disconnects', () => {
  it('while its limit is checked leaves no stream open', async () => {
    const redis = await anyRedis();
    // Requests of a caller's minute are leased from the second on; those of a new caller are all counted in Redis.
    const callers = Array.from({ length: 20 }, (_, i) => `caller-${i}`);
    const hashOf = (caller: string) => createHash('sha256').update(caller).digest('hex');
    replicas = await Replicas.start(1, {
      DESK_BASE_URL: desk.url,
      REDIS_URL: redis.url,
      RATE_LIMIT_PER_MINUTE: '600',
      METRICS_PUBLIC: 'true',
      AUTH_MODE: 'api-key',
      API_KEYS: ['first', ...callers].map((caller) => `${caller}:${hashOf(caller)}`).join(','),
    });
    const service = replicas.nth(0);
    const count = (pattern: RegExp) => service.output().match(pattern)?.length ?? 0;
    const ended = () => count(/"route":"[^"]*\/stream","method":"GET","status":\d+/g);
    const cutOff = () => count(/"route":"[^"]*\/stream","method":"GET","status":499/g);
    await replicas.get(0, messagesPath('long-session'), { 'x-api-key': 'first' });
    const client = new Redis(redis.url);
    // On a slow machine the pause may be over before the clients have gone: then the next ones try.
    for (const [round, caller] of callers.entries()) {
      await replicas.redisIs('up');
      await client.call('CLIENT', 'PAUSE', '80');
      const streams = Array.from({ length: 4 }, () => '/sessions/long-session/messages/stream');
      const { areSent, leave } = readers(service, streams, { 'x-api-key': caller });
      await areSent;
      // Served behind them, so they have been read by now.
      for (let i = 0; i < 2; i++) await service.get('/health/live');
      leave();
      await until(() => ended() === 4 * (round + 1));
      if (round >= 2 && cutOff() > 0) break;
    }
    expect(cutOff()).toBeGreaterThan(0);
    // Answered after the pause, as are the checks of the limit.
    await client.ping();
    client.disconnect();
    await until(async () => (await metricOf(service, 'streams_open')) === 0);
    expect(await service.stop()).toBe(0);
    expect(count(/"outcome":"left"/g)).toBe(count(/"outcome":"opened"/g));
    await redis.stop();
  });

  it('lets another replica that waited for its call send one itself', async () => {
    const redis = await anyRedis();
    const settings = { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, DESK_MAX_RPS: '1', DESK_DEADLINE_MS: '30000' };
    replicas = await Replicas.start(2, settings);
    const [mine, theirs] = [replicas.nth(0), replicas.nth(1)];
    const { leave } = readers(mine, paths(20));
    await until(async () => (await metricOf(mine, 'desk_queue_length')) > 15);
    const last = messagesPath('load-19');
    const answer = replicas.get(1, last);
    // Until it waits for the call of the other replica, which nothing shows.
    await sleep(500);
    leave();
    expect((await answer).status).toBe(200);
    expect(await metricOf(theirs, DONE)).toBe(1);
    expect(desk.calls.length).toBeLessThan(19);
    await redis.stop();
  });
});
