import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { connectRedis } from '../src/redis/connect.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { plainSeal } from '../src/store/seal.js';
import { TranscriptStore } from '../src/store/transcript-store.js';
import { describeWithOwnRedis, type RedisServer, startRedis } from './redis-server.js';
import { defaults, windowOf } from './transcripts-rig.js';

/** Longer than Redis may be late; the sockets of a frozen process keep what was sent to it. */
const FROZEN_MS = 600;

describeWithOwnRedis('what a frozen Redis does once it is thawed', () => {
  let redis: RedisServer;
  let links: RedisLink[];
  let mine: TranscriptStore;
  let theirs: TranscriptStore;

  const connect = async (): Promise<TranscriptStore> => {
    const link = new RedisLink(connectRedis({ url: redis.url, sentinelName: undefined }));
    links.push(link);
    await link.whenUp(10_000);
    const now = () => Date.now();
    return new TranscriptStore(link, { keyPrefix: 'late', seal: plainSeal, policy: defaults, now, random: () => 0 });
  };
  const untilUp = async (store: TranscriptStore) => {
    while (!store.isUp) await sleep(20);
  };
  /** Does something that gets no answer, and lets Redis find it later. */
  const whileFrozen = async (work: () => Promise<unknown>) => {
    redis.freeze();
    await work();
    await sleep(FROZEN_MS);
    redis.thaw();
    await untilUp(mine);
  };

  beforeEach(async () => {
    redis = await startRedis();
    links = [];
    [mine, theirs] = await Promise.all([connect(), connect()]);
    await mine.acquire(mine.claim('another session', 'head'), false);
  });
  afterEach(async () => {
    for (const link of links) link.close();
    await redis.stop();
  });

  it('takes no lock that nobody waits for any more', async () => {
    await whileFrozen(async () => {
      expect(await mine.acquire(mine.claim('session', 'head'), false)).toEqual({ kind: 'away' });
    });
    await untilUp(theirs);
    expect(await theirs.acquire(theirs.claim('session', 'head'), false)).toMatchObject({ kind: 'ours' });
  });

  it('writes nothing that seems younger than it is, but gives the lock back', async () => {
    const claim = mine.claim('session', 'head');
    expect(await mine.acquire(claim, false)).toMatchObject({ kind: 'ours' });
    const gone = { kind: 'gone', askedAt: Date.now(), arrivedAt: Date.now(), lifetimeMs: 60_000 } as const;
    await whileFrozen(async () => {
      expect(await mine.settle(claim, 'ok', { known: gone, version: mine.newToken() })).toBeUndefined();
    });
    await untilUp(theirs);
    expect(await theirs.read('session', windowOf({}), '', true)).toMatchObject({ version: '', known: undefined });
    expect(await theirs.acquire(theirs.claim('session', 'head'), false)).toMatchObject({ kind: 'ours' });
  });

  it('a reply that came while this process was busy is no reason to do without Redis', async () => {
    // Redis has to know the script already: sending it would take a second answer.
    await mine.read('session', windowOf({}), '', true);
    const reading = mine.read('session', windowOf({}), '', true);
    await new Promise((resolve) => setImmediate(resolve));
    const end = Date.now() + 300;
    while (Date.now() < end);
    expect(await reading).toBeDefined();
    expect(mine.isUp).toBe(true);
  });
});
