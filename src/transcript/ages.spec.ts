import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  DeskFailedError,
  DeskInvalidRequestError,
  DeskRateLimitedError,
  DeskTimeoutError,
} from '../desk/desk-error.js';
import { Rig } from '../../test/transcripts-rig.js';

/** A session that has been quiet for 100 s is fresh for 10 s; then 10 s stale-while-revalidate, 300 s stale-if-error. */
const FRESH_MS = 10_000;
const quiet = { count: 26, quietMs: 100_000 };
const STALE_MS = FRESH_MS + 10_000;
const GONE_MS = STALE_MS + 300_000;

const failed = new DeskFailedError('failed', { upstreamCode: 141002 });

/** Lets background work finish. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function readAt(rig: Rig, age: number) {
  rig.time = rig.desk.states[0] ? rig.desk.states[0].since + age : age;
  const result = await rig.read();
  await settle();
  return result;
}

async function warm(): Promise<Rig> {
  const rig = new Rig(quiet);
  await rig.read();
  return rig;
}

describe('the three ages of a page', () => {
  it('is fresh for a tenth of the time since the last message, and costs no call', async () => {
    const rig = await warm();
    const { outcome, level, view } = await readAt(rig, FRESH_MS - 1);
    expect({ outcome, level }).toEqual({ outcome: 'hit', level: 'memory' });
    expect(view).toMatchObject({ lifetimeMs: 10_000, remainingMs: 1 });
    expect(rig.desk.calls).toHaveLength(1);
  });

  it.each([
    [0, 2000],
    [19_999, 2000],
    [30_000, 3000],
    [86_400_000, 60_000],
    [-5000, 2000],
  ])('a session quiet for %d ms is fresh for %d ms', async (quietMs, lifetimeMs) => {
    const rig = new Rig({ count: 3, quietMs });
    expect(await rig.read()).toMatchObject({ view: { lifetimeMs, remainingMs: lifetimeMs } });
  });

  it('is then served at once while one refresh runs, counted from the end of freshness', async () => {
    const rig = await warm();
    const open = rig.desk.hold();
    for (const age of [FRESH_MS, STALE_MS - 1]) {
      const { outcome, view } = await readAt(rig, age);
      expect(outcome).toBe('stale');
      expect(view.remainingMs).toBe(FRESH_MS - age);
    }
    expect(rig.desk.calls).toHaveLength(2);
    open();
    await settle();
    expect((await rig.read()).outcome).toBe('hit');
  });

  it('is then served only if the desk fails, counted from the end of the phase before', async () => {
    const rig = await warm();
    rig.desk.failure = failed;
    expect((await readAt(rig, STALE_MS)).outcome).toBe('stale');
    expect((await readAt(rig, GONE_MS - 1)).outcome).toBe('stale');
    await expect(readAt(rig, GONE_MS)).rejects.toBe(failed);
    expect(rig.desk.calls).toHaveLength(4);
  });

  it('is fetched again in its third phase if the desk answers', async () => {
    const rig = await warm();
    rig.desk.grow(1);
    const result = await readAt(rig, STALE_MS);
    expect(result).toMatchObject({ outcome: 'miss', forwarded: 'stale', isStored: true, view: { total: 27 } });
  });

  it.each([
    ['limits', new DeskRateLimitedError('limited', { retryAfterMs: 1000 })],
    ['fails', failed],
    ['does not answer in time', new DeskTimeoutError('late')],
  ])('is served in its third phase when the desk %s', async (_, failure) => {
    const rig = await warm();
    rig.desk.failure = failure;
    expect((await readAt(rig, STALE_MS)).outcome).toBe('stale');
  });

  it('is not served when the desk finds the request invalid', async () => {
    const rig = await warm();
    rig.desk.failure = new DeskInvalidRequestError('invalid');
    await expect(readAt(rig, STALE_MS)).rejects.toThrow(DeskInvalidRequestError);
  });
});

describe('a failed refresh', () => {
  it('is not tried again for CACHE_FRESH_MIN_MS', async () => {
    const rig = await warm();
    rig.desk.failure = failed;
    await readAt(rig, FRESH_MS);
    await readAt(rig, FRESH_MS + 1999);
    expect(rig.desk.calls).toHaveLength(2);
    await readAt(rig, FRESH_MS + 2000);
    expect(rig.desk.calls).toHaveLength(3);
  });

  it('is tried again after 5 s at most, whatever CACHE_FRESH_MIN_MS', async () => {
    const rig = new Rig({ count: 26, quietMs: 0, policy: { freshMinMs: 8000 } });
    await rig.read();
    rig.desk.failure = failed;
    await readAt(rig, 8000);
    await readAt(rig, 12_999);
    expect(rig.desk.calls).toHaveLength(2);
    await readAt(rig, 13_000);
    expect(rig.desk.calls).toHaveLength(3);
  });

  it('waits for the cool-down if that is longer', async () => {
    const rig = await warm();
    rig.desk.failure = new DeskRateLimitedError('limited', { retryAfterMs: 9000 });
    await readAt(rig, FRESH_MS);
    await readAt(rig, FRESH_MS + 8999);
    expect(rig.desk.calls).toHaveLength(2);
    await readAt(rig, FRESH_MS + 9000);
    expect(rig.desk.calls).toHaveLength(3);
  });

  it('is one call for 100 callers, and each gets the stale page', async () => {
    const rig = await warm();
    rig.desk.failure = failed;
    rig.time += STALE_MS;
    const results = await Promise.all(Array.from({ length: 100 }, () => rig.read()));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['stale']));
    expect(rig.desk.calls).toHaveLength(2);
  });

  it('is one call for 100 callers when nothing is held: all get its error, and the next caller causes another call', async () => {
    const rig = new Rig(quiet);
    rig.desk.failure = failed;
    const reads = await Promise.allSettled(Array.from({ length: 100 }, () => rig.read()));
    expect(reads.every((read) => read.status === 'rejected' && read.reason === failed)).toBe(true);
    expect(rig.desk.calls).toHaveLength(1);
    rig.desk.failure = undefined;
    expect((await rig.read()).outcome).toBe('miss');
  });
});

describe('no-cache', () => {
  it('gets the error and never a stale page, which stays for the others', async () => {
    const rig = await warm();
    rig.desk.failure = failed;
    await expect(rig.read({}, { noCache: true })).rejects.toBe(failed);
    expect((await rig.read()).outcome).toBe('hit');
  });

  it('stores its result for everybody', async () => {
    const rig = await warm();
    rig.desk.grow(1);
    expect(await rig.read({}, { noCache: true })).toMatchObject({
      outcome: 'bypass',
      forwarded: 'request',
      view: { total: 27, remainingMs: 2000 },
    });
    expect(await rig.read()).toMatchObject({ outcome: 'hit', view: { total: 27 } });
  });
});

describe('a slow desk', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('delays nobody longer than 1 s who can have a stale page, and its answer is kept all the same', async () => {
    const rig = await warm();
    const open = rig.desk.hold();
    rig.time += STALE_MS;
    let outcome = 'waiting';
    void rig.read().then((result) => (outcome = result.outcome));
    await jest.advanceTimersByTimeAsync(999);
    expect(outcome).toBe('waiting');
    await jest.advanceTimersByTimeAsync(1);
    expect(outcome).toBe('stale');
    open();
    await settle();
    expect((await rig.read()).outcome).toBe('hit');
    expect(rig.desk.calls).toHaveLength(2);
  });
});
