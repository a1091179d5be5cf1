import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { FlightLock } from '../src/cache/flight-lock.js';
import { NotFound } from '../src/cache/entry.js';
import { RedisKeys, RedisStore } from '../src/cache/redis-store.js';
import { connectRedis } from '../src/redis/connect.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { messagesPath, Replicas } from './replicas.js';
import { defaults, storeOptions } from './transcripts-rig.js';

/** Longer than any TTL that the service sets. */
const DAY_MS = 86_400_000;

/** Written by something else, or by us with another expiry: it must not block anybody for all that time. */
describeWithRedis('keys in Redis with a TTL longer than ours', () => {
  let redis: Awaited<ReturnType<typeof anyRedis>>;
  let link: RedisLink;
  let prefix: string;

  beforeEach(async () => {
    redis = await anyRedis();
    link = new RedisLink(connectRedis({ url: redis.url, sentinelName: undefined }));
    await link.whenUp(10_000);
    prefix = `test-${randomBytes(6).toString('hex')}`;
  });
  afterEach(async () => {
    link.close();
    await redis.stop();
  });

  const put = (key: string, value: string) => link.run((client) => client.set(key, value, 'PX', DAY_MS));
  const prolong = (key: string) => link.run((client) => client.pexpire(key, DAY_MS));

  describe('as part of a session', () => {
    let store: RedisStore;
    let keys: RedisKeys;
    let mine: FlightLock;
    let theirs: FlightLock;

    beforeEach(() => {
      store = new RedisStore(link, storeOptions({ keyPrefix: prefix, policy: defaults, now: () => Date.now() }));
      keys = store.keys('session');
      [mine, theirs] = [new FlightLock(store, 'session', 'head'), new FlightLock(store, 'session', 'head')];
    });

    const notFound = (lifetimeMs: number) => new NotFound(Date.now(), lifetimeMs, Date.now()).write;
    const readAll = () => store.read('session', { knownVersion: '', names: [], wantsParts: true });
    /** The token to be found in the holder's lock. */
    const holderOf = async (waiting: FlightLock): Promise<string> => {
      const acquired = await waiting.acquire(false);
      return acquired.kind === 'held' ? acquired.token : '';
    };

    it('are no lock, neither to a new request nor to a waiting one', async () => {
      expect(await mine.acquire(false)).toMatchObject({ kind: 'acquired' });
      const token = await holderOf(theirs);
      expect(await theirs.watch(token)).toEqual({ kind: 'under-way' });
      await prolong(keys.lock('head'));
      expect(await theirs.watch(token)).toEqual({ kind: 'lost' });
      expect(await theirs.acquire(false)).toMatchObject({ kind: 'acquired' });
    });

    it('keep no flight from writing its update', async () => {
      await mine.acquire(false);
      await put(keys.lock('head'), 'a'.repeat(24));
      expect(await mine.settle('ok', [notFound(60_000)])).toMatchObject({ replaced: '' });
      expect(await readAll()).toMatchObject({ head: { kind: 'not-found' } });
    });

    it('are no failure to give way to', async () => {
      await mine.acquire(true);
      await mine.release('an outcome', 5000);
      expect(await theirs.acquire(true)).toMatchObject({ kind: 'failed' });
      await prolong(keys.failed);
      expect(await theirs.acquire(true)).toMatchObject({ kind: 'acquired' });
    });

    it('are not fresh all that time', async () => {
      await mine.acquire(false);
      await mine.settle('ok', [notFound(1)]);
      await prolong(keys.value('head'));
      expect(await readAll()).toMatchObject({ head: undefined });
    });
  });

  describe('in the state that replicas share', () => {
    let desk: Simulator;
    let replicas: Replicas;

    const start = async (environment: Readonly<Record<string, string>> = {}) => {
      desk = await startSimulator();
      const all = { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, REDIS_KEY_PREFIX: prefix, ...environment };
      replicas = await Replicas.start(2, { DESK_DEADLINE_MS: '4000', ...all });
    };
    afterEach(async () => {
      await replicas.stop();
      await desk.close();
    });

    it('is no lock: a cold session is read at once', async () => {
      await start();
      await put(new RedisKeys(prefix, 'messages', 'load-1').lock('head'), randomBytes(12).toString('hex'));
      expect(await replicas.get(0, messagesPath('load-1'))).toMatchObject({ status: 200 });
    });

    it.each([
      ['cool-down', 'cooldown', 'abcdef:60000:unproven'],
      ['cool-down that claims a length of a day', 'cooldown', `abcdef:${DAY_MS}:unproven`],
      ['refusal', 'refused', '70003'],
      ['lockout', 'refused', 'lockout'],
    ])('is no %s', async (_, name, text) => {
      await start();
      await put(`${prefix}:{desk}:${name}`, text);
      expect(await replicas.get(0, messagesPath('load-1'))).toMatchObject({ status: 200 });
      expect(await replicas.get(1, messagesPath('load-2'))).toMatchObject({ status: 200 });
    });

    it.each([
      ['of all commands', '', 60011],
      ['of one command', ':describe_chat_messages', 141009],
    ])('keeps no cool-down %s from beginning, for all replicas', async (_, suffix, code) => {
      await start({ DESK_COOLDOWN_MIN_MS: '60000', DESK_COOLDOWN_MAX_MS: '60000' });
      await put(`${prefix}:{desk}:cooldown${suffix}`, 'abcdef:60000:unproven');
      desk.failNext({ kind: 'error', code });
      expect(await replicas.get(0, messagesPath('load-1'))).toMatchObject({ status: 429 });
      expect(await replicas.get(1, messagesPath('load-2'))).toMatchObject({ status: 429 });
      expect(desk.calls).toHaveLength(1);
    });

    it('keeps no refusal from reaching all replicas', async () => {
      await start();
      await put(`${prefix}:{desk}:refused`, '70003');
      desk.failNext({ kind: 'error', code: 70020 });
      expect(await replicas.get(0, messagesPath('load-1'))).toMatchObject({ status: 502 });
      const left = await link.run((client) => client.pttl(`${prefix}:{desk}:refused`));
      expect(left).toBeLessThanOrEqual(1000);
    });

    it('does not keep a trial call from being sent after a cool-down', async () => {
      await start({ DESK_COOLDOWN_MIN_MS: '2000', DESK_COOLDOWN_MAX_MS: '2000', DESK_DEADLINE_MS: '1500' });
      await put(`${prefix}:{desk}:probe:describe_chat_messages`, 'abcdef');
      desk.failNext({ kind: 'error', code: 141009 });
      expect(await replicas.get(0, messagesPath('load-1'))).toMatchObject({ status: 429 });
      // The cool-down lasts 2 s.
      await new Promise((resolve) => setTimeout(resolve, 2100));
      expect(await replicas.get(0, messagesPath('load-1'))).toMatchObject({ status: 200 });
    });

    it('takes nothing from the quota', async () => {
      await start({ DESK_MAX_RPS: '2' });
      const score = Date.now() + DAY_MS;
      await link.run((client) => client.zadd(`${prefix}:{desk}:quota`, score, 'a', score, 'b', score, 'c'));
      expect(await replicas.get(0, messagesPath('load-1'))).toMatchObject({ status: 200 });
    });
  });
});
