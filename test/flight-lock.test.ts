import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { FlightLock } from '../src/cache/flight-lock.js';
import { NotFound } from '../src/cache/entry.js';
import { RedisStore } from '../src/cache/redis-store.js';
import { connectRedis } from '../src/redis/connect.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { defaults, storeOptions } from './transcripts-rig.js';

const TOKEN = 'a'.repeat(24);
const everything = { knownVersion: '', names: [], wantsParts: true };

describeWithRedis('the lock of a flight', () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  let link: RedisLink;
  let store: RedisStore;

  beforeAll(async () => {
    redis = await anyRedis();
    link = new RedisLink(connectRedis({ url: redis.url, sentinelName: undefined }));
    await link.whenUp(10_000);
  });
  afterAll(async () => {
    link.close();
    await redis.stop();
  });
  beforeEach(() => {
    const keyPrefix = `lock-${randomBytes(6).toString('hex')}`;
    store = new RedisStore(link, storeOptions({ keyPrefix, policy: defaults, now: () => Date.now() }));
  });

  const lock = () => new FlightLock(store, 'session', 'head');
  const key = () => store.keys('session').lock('head');
  const written = () => new NotFound(Date.now(), 60_000, Date.now()).write;

  it('is given to one, and to the next once that one has ended', async () => {
    const [one, other] = [lock(), lock()];
    expect(await one.acquire(false)).toMatchObject({ kind: 'acquired', version: '' });
    const theirs = await other.acquire(false);
    if (theirs.kind !== 'held') throw new Error(`the lock is ${theirs.kind}`);
    expect(await other.watch(theirs.token)).toEqual({ kind: 'under-way' });
    const { version, replaced } = await one.settle('ok', [written()]);
    expect(replaced).toBe('');
    expect(await other.watch(theirs.token)).toEqual({ kind: 'ended', outcome: 'ok' });
    expect(await other.acquire(false)).toMatchObject({ kind: 'acquired', version });
    expect(await store.read('session', everything)).toMatchObject({ version, head: { kind: 'not-found' } });
  });

  it('is held by another if a token in our format is there with a valid TTL', async () => {
    await link.run((client) => client.set(key(), TOKEN, 'PX', 3000));
    expect(await lock().acquire(false)).toEqual({ kind: 'held', token: TOKEN });
  });

  it.each<[string, (name: string) => Promise<unknown>]>([
    ['lives longer than ours do', (name) => link.run((client) => client.set(name, TOKEN, 'PX', 600_000))],
    ['never expires', (name) => link.run((client) => client.set(name, TOKEN))],
    ['is no token of ours', (name) => link.run((client) => client.set(name, 'garbage', 'PX', 2000))],
    ['is no text', (name) => link.run((client) => client.rpush(name, TOKEN))],
  ])('is ignored if it %s', async (_, put) => {
    await put(key());
    expect(await lock().acquire(false)).toMatchObject({ kind: 'acquired' });
  });

  it('that is ignored does not keep a flight from writing its update', async () => {
    const holder = lock();
    await holder.acquire(false);
    await link.run((client) => client.set(key(), TOKEN, 'PX', 600_000));
    expect(await holder.settle('ok', [written()])).toMatchObject({ replaced: '' });
    expect(await store.read('session', everything)).toMatchObject({ head: { kind: 'not-found' } });
  });

  it('that went to another keeps its old holder from writing', async () => {
    const holder = lock();
    await holder.acquire(false);
    await link.run((client) => client.set(key(), TOKEN, 'PX', 3000));
    expect(await holder.settle('ok', [written()])).toMatchObject({ replaced: undefined });
    expect(await store.read('session', everything)).toMatchObject({ version: '', head: undefined });
    expect(await lock().acquire(false)).toEqual({ kind: 'held', token: TOKEN });
  });

  it('is taken by a read that finds nothing stored, and then needs no command', async () => {
    await store.read('session', everything);
    const [reader, other] = [lock(), lock()];
    expect(await store.read('session', { ...everything, claim: reader.claim })).toMatchObject({ hasLock: true });
    reader.takenByRead();
    const held = await other.acquire(false);
    expect(held.kind).toBe('held');
    expect(await reader.acquire(false)).toMatchObject({ kind: 'acquired', version: '' });
    expect(await reader.settle('ok', [written()])).toMatchObject({ replaced: '' });
    expect(held.kind === 'held' && (await other.watch(held.token))).toEqual({ kind: 'ended', outcome: 'ok' });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['another holds it', () => lock().acquire(false)],
    [
      'something is stored',
      async () => {
        const holder = lock();
        await holder.acquire(false);
        await holder.settle('ok', [written()]);
      },
    ],
  ])('is not taken by a read if %s', async (_, prepare) => {
    await prepare();
    expect(await store.read('session', { ...everything, claim: lock().claim })).toMatchObject({ hasLock: false });
  });

  it('is not taken by the first read, which does not know how late it is', async () => {
    expect(await store.read('session', { ...everything, claim: lock().claim })).toMatchObject({ hasLock: false });
  });

  it('that a read took and nothing used is free again, and its waiters go on', async () => {
    await store.read('session', everything);
    const [reader, waiter] = [lock(), lock()];
    await store.read('session', { ...everything, claim: reader.claim });
    reader.takenByRead();
    const held = await waiter.acquire(false);
    reader.giveBack();
    expect(reader.isAtHand).toBe(false);
    expect(held.kind === 'held' && (await waiter.watch(held.token))).toEqual({ kind: 'ended', outcome: 'abandoned' });
    expect(await waiter.acquire(false)).toMatchObject({ kind: 'acquired' });
  });

  it('is not taken after a recent failure by a load that has a stale view', async () => {
    const holder = lock();
    await holder.acquire(false);
    await holder.release('failed', 5000);
    const failed = await lock().acquire(true);
    expect(failed).toMatchObject({ kind: 'failed' });
    expect(failed.kind === 'failed' && failed.remainingMs).toBeGreaterThan(1000);
    expect(await lock().acquire(false)).toMatchObject({ kind: 'acquired' });
  });
});
