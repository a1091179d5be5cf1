import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startRedisCluster } from './redis-cluster.js';
import { startRedisSentinel } from './redis-sentinel.js';
import { describeWithOwnRedis, redisCli, type RedisServer } from './redis-server.js';
import { SOON_MS, WebhookReplicas } from './webhook-replicas-rig.js';

interface SharedRedis {
  readonly environment: Readonly<Record<string, string>>;
  readonly servers: readonly RedisServer[];
  /** Fails the node that everything depends on; resolves when another replaces it, or it is back. */
  readonly loseNode: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Longer than a connection for commands may be idle: the subscriber has to outlive that. */
const QUIET_MS = 2500;

const KINDS: readonly [kind: string, start: () => Promise<SharedRedis>][] = [
  [
    'a Redis with a sentinel',
    async () => {
      const { url, name, servers, hasFailedOver, stop } = await startRedisSentinel();
      const loseNode = async () => {
        await servers[0].kill();
        await hasFailedOver();
      };
      return { environment: { REDIS_URL: url, REDIS_SENTINEL_NAME: name }, servers, loseNode, stop };
    },
  ],
  [
    'a Redis Cluster',
    async () => {
      const { url, nodes, is, stop } = await startRedisCluster();
      // Each in its turn, so that the one that a replica is subscribed to is among them.
      const loseNode = async () => {
        for (const node of nodes) {
          await node.kill();
          await is('fail');
          await node.restart();
          await is('ok');
        }
      };
      return { environment: { REDIS_URL: url }, servers: nodes, loseNode, stop };
    },
  ],
];

describeWithOwnRedis.each(KINDS)('webhooks over two replicas and %s', (_, start) => {
  let redis: SharedRedis;
  let rig: WebhookReplicas;

  beforeAll(async () => {
    redis = await start();
    rig = await WebhookReplicas.start(redis.environment);
  });
  beforeEach(() => rig.begin());
  afterAll(async () => {
    await rig.stop();
    await redis.stop();
  });

  /** Reports a new message to one replica; how long until the other shows it. */
  const noticedAfter = async (text: string): Promise<number> => {
    await rig.readAll();
    rig.write(text);
    await rig.report(0);
    return rig.shownAfter(1, text);
  };

  it('make the next read fresh at the other replica, for one call', async () => {
    await rig.replicas.undisturbed(async () => {
      await rig.begin();
      expect(await noticedAfter('second')).toBeLessThan(SOON_MS);
      expect((await rig.read(0)).body).toContain('second');
    });
    expect(rig.calls).toBe(2);
  });

  it('do so after a time without any', async () => {
    await sleep(QUIET_MS);
    expect(await noticedAfter('second')).toBeLessThan(SOON_MS);
  });

  it('keep a flight at another replica from counting as fresh', async () => {
    await rig.changeDuringFlight('second');
    expect(await rig.shownAfter(1, 'second')).toBeLessThan(SOON_MS);
    expect(await rig.shownAfter(0, 'second')).toBeLessThan(SOON_MS);
  });

  it('cost at most 2 s if the notice is lost: the number of the change is found in Redis', async () => {
    const onAll = (rule: string) => {
      for (const { port } of redis.servers) redisCli(port, 'acl', 'setuser', 'default', rule);
    };
    await rig.readAll();
    onAll('resetchannels');
    try {
      rig.write('second');
      await rig.report(0);
      expect(await rig.shownAfter(1, 'second')).toBeLessThan(2000 + SOON_MS);
    } finally {
      onAll('allchannels');
    }
  });

  it('are noticed again after a node was lost', async () => {
    await redis.loseNode();
    // The subscriber's connection is back a moment after the one for commands.
    let fastest = Infinity;
    for (let tries = 0; tries < 10 && fastest >= SOON_MS; tries++) {
      await rig.begin();
      fastest = Math.min(fastest, await noticedAfter('second'));
    }
    expect(fastest).toBeLessThan(SOON_MS);
  });
});
