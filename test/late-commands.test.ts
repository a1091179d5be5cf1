import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { FlightLock } from '../src/cache/flight-lock.js';
import { NotFound } from '../src/cache/entry.js';
import { RedisStore } from '../src/cache/redis-store.js';
import { connectRedis } from '../src/redis/connect.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { describeWithOwnRedis, type RedisServer, startRedis } from './redis-server.js';
import { defaults, storeOptions } from './transcripts-rig.js';
import { until } from './until.js';

/** Longer than commands to Redis may be late; the sockets of a frozen process keep what was sent to it. */
const FROZEN_MS = 600;

const everything = { knownVersion: '', names: [], wantsParts: true };
const lock = (store: RedisStore, id = 'session') => new FlightLock(store, id, 'head');

describeWithOwnRedis('commands that a frozen Redis runs late', () => {
  let redis: RedisServer;
  let links: RedisLink[];
  let mine: RedisStore;
  let theirs: RedisStore;

  const connect = async (): Promise<RedisStore> => {
    const link = new RedisLink(connectRedis({ url: redis.url, sentinelName: undefined }));
    links.push(link);
    await link.whenUp(10_000);
    return new RedisStore(link, storeOptions({ keyPrefix: 'late', policy: defaults, now: () => Date.now() }));
  };
  const untilUp = (store: RedisStore) => until(() => store.isUp);
  /** Sends a command that gets no answer, and lets Redis run it later. */
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
  });
  afterEach(async () => {
    for (const link of links) link.close();
    await redis.stop();
  });

  it('take no lock that nobody waits for any more, nor does the first of a replica', async () => {
    await whileFrozen(async () => {
      expect(await lock(mine).acquire(false)).toEqual({ kind: 'unavailable' });
    });
    await untilUp(theirs);
    expect(await lock(theirs).acquire(false)).toMatchObject({ kind: 'acquired' });
  });

  it('take no lock by a read either', async () => {
    await mine.read('session', everything);
    const { claim } = lock(mine);
    await whileFrozen(async () => {
      expect(await mine.read('session', { ...everything, claim })).toBeUndefined();
    });
    await untilUp(theirs);
    expect(await lock(theirs).acquire(false)).toMatchObject({ kind: 'acquired' });
  });

  it('take no lock by a read that was answered too late for its caller, though not very late', async () => {
    await mine.read('session', everything);
    const { claim } = lock(mine);
    const third = new Redis(redis.url);
    await third.call('CLIENT', 'PAUSE', '180');
    expect(await mine.read('session', { ...everything, claim })).toBeUndefined();
    await Promise.all([third.ping(), untilUp(mine), untilUp(theirs)]);
    third.disconnect();
    expect(await lock(theirs).acquire(false)).toMatchObject({ kind: 'acquired' });
  });

  it('write nothing that would seem younger than it is, but release the lock', async () => {
    const flight = lock(mine);
    expect(await flight.acquire(false)).toMatchObject({ kind: 'acquired' });
    const { write } = new NotFound(Date.now(), 60_000, Date.now());
    await whileFrozen(async () => {
      expect(await flight.settle('ok', [write])).toMatchObject({ replaced: undefined });
    });
    await untilUp(theirs);
    expect(await theirs.read('session', everything)).toMatchObject({ version: '', head: undefined });
    expect(await lock(theirs).acquire(false)).toMatchObject({ kind: 'acquired' });
  });

  it('a reply that came while this process was busy does not open the breaker', async () => {
    // Redis has to have the script already: sending it would take a second answer.
    await mine.read('session', everything);
    const reading = mine.read('session', everything);
    await new Promise((resolve) => setImmediate(resolve));
    const end = Date.now() + 300;
    while (Date.now() < end);
    expect(await reading).toBeDefined();
    expect(mine.isUp).toBe(true);
  });
});
