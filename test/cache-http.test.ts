import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { messagesPath, Replicas, type TimedAnswer } from './replicas.js';

const FRESH_MS = 2000;
const SWR_MS = 2000;

const status = ({ headers }: TimedAnswer) => headers.get('cache-status') ?? '';
const age = ({ headers }: TimedAnswer) => Number(headers.get('age'));
const maxAge = ({ headers }: TimedAnswer) => Number(/max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1]);
const ttl = (answer: TimedAnswer) => Number(/ttl=(-?\d+)/.exec(status(answer))?.[1]);

describeWithRedis('Cache-Status and Age', () => {
  let desk: Simulator;
  let redis: { readonly url: string; readonly stop: () => Promise<void> };
  let replicas: Replicas;
  let count = 0;
  let path = '';

  beforeAll(async () => {
    [desk, redis] = await Promise.all([startSimulator(), anyRedis()]);
    replicas = await Replicas.start(2, {
      DESK_BASE_URL: desk.url,
      REDIS_URL: redis.url,
      CACHE_FRESH_MIN_MS: String(FRESH_MS),
      CACHE_FRESH_MAX_MS: String(FRESH_MS),
      CACHE_STALE_WHILE_REVALIDATE_MS: String(SWR_MS),
    });
  });
  const coldPath = (): string => {
    const id = `http-${count++}`;
    desk.setSession(id, [textMessage('hello', Date.UTC(2024, 0, 1))]);
    return messagesPath(id);
  };
  beforeEach(() => {
    desk.reset();
    path = coldPath();
  });
  afterAll(async () => {
    await replicas.stop();
    await Promise.all([desk.close(), redis.stop()]);
  });

  it('show a miss, then a hit from memory, and from Redis on another replica', async () => {
    expect(status(await replicas.get(0, path))).toBe('desk-bff; fwd=miss; stored');
    expect(status(await replicas.get(0, path))).toMatch(/^desk-bff; hit; ttl=\d+; detail=memory$/);
    expect(status(await replicas.share(coldPath))).toMatch(/^desk-bff; hit; ttl=\d+; detail=redis$/);
  });

  it('show which request was collapsed into the call of another', async () => {
    // All of them have to come while the call is in progress.
    desk.latency(1000);
    const answers = (await replicas.undisturbed(() => replicas.burst(6, [coldPath()]))).map(status);
    expect(answers.filter((text) => text === 'desk-bff; fwd=miss; stored')).toHaveLength(1);
    expect(answers.filter((text) => text === 'desk-bff; fwd=miss; stored; collapsed')).toHaveLength(5);
  });

  it('show that the client required a call to the desk', async () => {
    await replicas.get(0, path);
    const answer = await replicas.get(0, path, { 'cache-control': 'no-cache' });
    expect(status(answer)).toBe('desk-bff; fwd=request; stored');
    expect(age(answer)).toBe(0);
  });

  it('show a stale page by a negative ttl, and its age beyond its lifetime', async () => {
    await replicas.get(0, path);
    await sleep(FRESH_MS + 10);
    desk.faultUntilReset({ kind: 'error', code: 141002 });
    const revalidated = await replicas.get(0, path);
    expect(status(revalidated)).toMatch(/^desk-bff; hit; ttl=-\d+; detail=(?:memory|redis)$/);
    // Beyond the time in which a stale page is served before the desk is asked.
    await sleep(SWR_MS);
    const bridged = await replicas.get(0, path);
    expect(ttl(bridged)).toBeLessThanOrEqual(-SWR_MS / 1000);
    for (const answer of [revalidated, bridged]) {
      expect(maxAge(answer)).toBe(FRESH_MS / 1000);
      expect(age(answer)).toBeGreaterThanOrEqual(maxAge(answer));
    }
  });

  it('never show the key', async () => {
    const answer = await replicas.get(0, path);
    expect(status(answer)).not.toContain('http-');
  });
});
