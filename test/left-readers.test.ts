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

/** Sends requests without waiting for their answers: the returned function disconnects the clients. */
function readers(service: Service, paths: readonly string[]): () => void {
  const requests = paths.map((path) => request(`${service.url}${path}`, { agent: false }).on('error', () => undefined));
  for (const each of requests) each.end();
  return () => {
    for (const each of requests) each.destroy();
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
    const leave = readers(service, paths(150));
    await until(async () => (await metricOf(service, 'desk_queue_length')) > 140);
    const before = desk.calls.length;
    leave();
    await until(async () => (await metricOf(service, 'desk_queue_length')) === 0);
    expect((await replicas.get(0, messagesPath('load-1000'))).status).toBe(200);
    // At 5 a second these calls would have gone on until their deadline, and the next caller would have waited as long.
    expect(desk.calls.length - before).toBeLessThan(15);
    expect(await metricOf(service, 'desk_breaker_open')).toBe(0);
    const left = () => service.output().match(/"audit":"read".*"status":499/g)?.length ?? 0;
    await until(() => Promise.resolve(left() + desk.calls.length > 150));
  });
});

describeWithRedis('a client that disconnects', () => {
  it('while its limit is checked leaves no stream open', async () => {
    const redis = await anyRedis();
    const settings = { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, RATE_LIMIT_PER_MINUTE: '600' };
    replicas = await Replicas.start(1, settings);
    const service = replicas.nth(0);
    await replicas.get(0, messagesPath('long-session'));
    const client = new Redis(redis.url);
    // The first request of a minute is counted in Redis; the next ones are leased, until the lease is used up.
    for (let round = 0; round < 3; round++) {
      await client.call('CLIENT', 'PAUSE', '80');
      const leave = readers(
        service,
        Array.from({ length: 4 }, () => '/sessions/long-session/messages/stream'),
      );
      await sleep(15);
      leave();
      await sleep(200);
    }
    client.disconnect();
    await until(async () => (await metricOf(service, 'streams_open')) === 0);
    expect(service.output().match(/"outcome":"opened"/g)?.length ?? 0).toBe(
      service.output().match(/"outcome":"left"/g)?.length ?? 0,
    );
    await redis.stop();
  });

  it('lets another replica that waited for its call send one itself', async () => {
    const redis = await anyRedis();
    const settings = { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, DESK_MAX_RPS: '1', DESK_DEADLINE_MS: '30000' };
    replicas = await Replicas.start(2, settings);
    const [mine, theirs] = [replicas.nth(0), replicas.nth(1)];
    const leave = readers(mine, paths(20));
    await until(async () => (await metricOf(mine, 'desk_queue_length')) > 15);
    const last = messagesPath('load-19');
    const answer = replicas.get(1, last);
    await sleep(200);
    leave();
    expect((await answer).status).toBe(200);
    expect(await metricOf(theirs, DONE)).toBe(1);
    expect(desk.calls.length).toBeLessThan(19);
    await redis.stop();
  });
});
