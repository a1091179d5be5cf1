import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type RedisCluster, startRedisCluster } from './redis-cluster.js';
import { describeWithOwnRedis, redisCli } from './redis-server.js';
import { messagesPath, Replicas, slowest, statusesOf } from './replicas.js';

/** As with one Redis: about 150 ms, the rest is for a busy machine. Waiting for a missing reply would take 3 s and more. */
const SOON_MS = 2500;

describeWithOwnRedis('a Redis Cluster of three nodes', () => {
  let desk: Simulator;
  let cluster: RedisCluster;
  let replicas: Replicas;
  let next = 0;

  const coldPath = (query = '') => messagesPath(`load-${2000 + next++}`, query);
  const start = async (args: readonly string[] = []) => {
    [desk, cluster] = await Promise.all([startSimulator(), startRedisCluster(args)]);
    replicas = await Replicas.start(3, { DESK_BASE_URL: desk.url, REDIS_URL: cluster.url });
  };
  const askCold = async () => [...(await replicas.each(coldPath())), ...(await replicas.each(coldPath('?order=asc')))];

  beforeEach(() => {
    next = 0;
  });
  afterEach(async () => {
    await replicas.stop();
    await Promise.all([desk.close(), cluster.stop()]);
  });

  it('keeps each session on one node, and all nodes have some', async () => {
    await start();
    desk.latency(300);
    const answers = await replicas.undisturbed(() => {
      desk.forgetCalls();
      return replicas.burst(
        60,
        Array.from({ length: 20 }, () => coldPath('?order=asc')),
      );
    });
    expect(statusesOf(answers)).toEqual([200]);
    const newest = desk.calls.filter(({ order, offset }) => order === 2 && offset === 0);
    expect(newest).toHaveLength(20);
    const sizes = cluster.nodes.map(({ port }) => Number(redisCli(port, 'dbsize')));
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    await replicas.share(coldPath);
  });

  it.each([
    ['all slots have to be served', 'yes'],
    ['the other slots go on', 'no'],
  ])('loses a node under load, and no request fails or is delayed: %s', async (_, coverage) => {
    await start(['--cluster-require-full-coverage', coverage]);
    const [node] = cluster.nodes;
    const loseNode = async () => {
      await sleep(300);
      await node?.kill();
      await cluster.is(coverage === 'yes' ? 'fail' : 'ok');
      await sleep(3000);
      await node?.restart();
    };
    const answers = await replicas.during(loseNode, askCold);
    expect(statusesOf(answers)).toEqual([200]);
    expect(slowest(answers)).toBeLessThan(SOON_MS);
    await cluster.is('ok');
    await replicas.redisIs('up');
    await replicas.share(coldPath);
  });

  it('has a node that freezes under load, and no request fails or is delayed', async () => {
    await start();
    const [node] = cluster.nodes;
    const freeze = async () => {
      await sleep(300);
      node?.freeze();
      await sleep(4000);
      node?.thaw();
    };
    const answers = await replicas.during(freeze, askCold);
    expect(statusesOf(answers)).toEqual([200]);
    expect(slowest(answers)).toBeLessThan(SOON_MS);
    await cluster.is('ok');
    await replicas.share(coldPath);
  });
});
