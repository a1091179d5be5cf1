import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  DeskFailedError,
  DeskInvalidRequestError,
  DeskRateLimitedError,
  DeskTimeoutError,
} from '../desk/desk-error.js';
import { NOT_FOUND_MS, Rig, seen, windowOf } from '../../test/transcripts-rig.js';

/** A session that has been quiet for 100 s is fresh for 10 s; then 10 s stale-while-revalidate, 300 s stale-if-error. */
const FRESH_MS = 10_000;
const quiet = { count: 26, quietMs: 100_000 };
const STALE_MS = FRESH_MS + 10_000;
const GONE_MS = STALE_MS + 300_000;

const failed = new DeskFailedError('failed', { upstreamCode: 141002 });

/** Lets what goes on in the background come to its end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function readAt(rig: Rig, age: number) {
  rig.time = rig.desk.states[0] ? rig.desk.states[0].since + age : age;
  const reading = await rig.read();
  await settle();
  return reading;
}

async function warm(): Promise<Rig> {
  const rig = new Rig(quiet);
  await rig.read();
  return rig;
}

describe('the three ages of a page', () => {
  it('is fresh for a tenth of the time since the last message, and costs no call', async () => {
    const rig = await warm();
    const { outcome, level, lifetimeMs, restMs } = await readAt(rig, FRESH_MS - 1);
    expect({ outcome, level, lifetimeMs, restMs }).toEqual({
      outcome: 'hit',
      level: 'memory',
      lifetimeMs: 10_000,
      restMs: 1,
    });
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
    expect(await rig.read()).toMatchObject({ lifetimeMs, restMs: lifetimeMs });
  });

  it('is then served at once while one refresh runs, counted from the end of freshness', async () => {
    const rig = await warm();
    const open = rig.desk.hold();
    for (const age of [FRESH_MS, STALE_MS - 1]) {
      const { outcome, restMs } = await readAt(rig, age);
      expect({ outcome, restMs }).toEqual({ outcome: 'stale', restMs: FRESH_MS - age });
    }
    expect(rig.desk.calls).toHaveLength(2);
    open();
    await settle();
    expect((await rig.read()).outcome).toBe('hit');
  });

  it('is then served only where the desk fails, counted from the end of the age before', async () => {
    const rig = await warm();
    rig.desk.failure = failed;
    expect((await readAt(rig, STALE_MS)).outcome).toBe('stale');
    expect((await readAt(rig, GONE_MS - 1)).outcome).toBe('stale');
    await expect(readAt(rig, GONE_MS)).rejects.toBe(failed);
    expect(rig.desk.calls).toHaveLength(4);
  });

  it('is asked for anew in its third age where the desk answers', async () => {
    const rig = await warm();
    rig.desk.grow(1);
    const reading = await readAt(rig, STALE_MS);
    expect(reading).toMatchObject({ outcome: 'miss', forwarded: 'stale', isStored: true, total: 27 });
  });

  it.each([
    ['limits', new DeskRateLimitedError('limited', { retryAfterMs: 1000 })],
    ['fails', failed],
    ['does not answer in time', new DeskTimeoutError('late')],
  ])('is served in its third age where the desk %s', async (_, failure) => {
    const rig = await warm();
    rig.desk.failure = failure;
    expect((await readAt(rig, STALE_MS)).outcome).toBe('stale');
  });

  it('is not served where the desk finds the question invalid', async () => {
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

  it('waits for the cool-down where that is longer', async () => {
    const rig = await warm();
    rig.desk.failure = new DeskRateLimitedError('limited', { retryAfterMs: 9000 });
    await readAt(rig, FRESH_MS);
    await readAt(rig, FRESH_MS + 8999);
    expect(rig.desk.calls).toHaveLength(2);
    await readAt(rig, FRESH_MS + 9000);
    expect(rig.desk.calls).toHaveLength(3);
  });

  it('is one call for 100 callers, and each gets the old page', async () => {
    const rig = await warm();
    rig.desk.failure = failed;
    rig.time += STALE_MS;
    const readings = await Promise.all(Array.from({ length: 100 }, () => rig.read()));
    expect(new Set(readings.map(({ outcome }) => outcome))).toEqual(new Set(['stale']));
    expect(rig.desk.calls).toHaveLength(2);
  });

  it('is one call for 100 callers where nothing is held, one error answers all, and the next caller asks anew', async () => {
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
    await expect(rig.read({}, true)).rejects.toBe(failed);
    expect((await rig.read()).outcome).toBe('hit');
  });

  it('lets everyone see the result', async () => {
    const rig = await warm();
    rig.desk.grow(1);
    expect(await rig.read({}, true)).toMatchObject({
      outcome: 'bypass',
      forwarded: 'request',
      total: 27,
      restMs: 2000,
    });
    expect(await rig.read()).toMatchObject({ outcome: 'hit', total: 27 });
  });
});

describe('a session that is not there', () => {
  it('is remembered for CACHE_NOT_FOUND_MS, and replaces what was held', async () => {
    const rig = await warm();
    rig.desk.isGone = true;
    await expect(rig.read({}, true)).rejects.toMatchObject({ code: 'session-not-found' });
    rig.time += NOT_FOUND_MS - 1;
    await expect(rig.read()).rejects.toMatchObject({ code: 'session-not-found' });
    expect(rig.desk.calls).toHaveLength(2);
    rig.desk.isGone = false;
    rig.time += 1;
    expect((await rig.read()).outcome).toBe('miss');
  });

  it('is one call for 100 callers', async () => {
    const rig = new Rig(quiet);
    rig.desk.isGone = true;
    await Promise.allSettled(Array.from({ length: 100 }, () => rig.read()));
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('is found by a refresh in the background, and nobody gets the old page after that', async () => {
    const rig = await warm();
    rig.desk.isGone = true;
    expect((await readAt(rig, FRESH_MS)).outcome).toBe('stale');
    await expect(rig.read()).rejects.toMatchObject({ code: 'session-not-found' });
  });
});

describe('a session that contradicts itself', () => {
  const TEN_MINUTES = 600_000;

  async function contradicted(): Promise<Rig> {
    const rig = new Rig({ count: 250 });
    rig.desk.become({ isContradictory: true });
    await rig.read({ order: 'asc', offset: 230 });
    return rig;
  }

  it('is counted, and its windows are the desk’s own, one by one, without positions', async () => {
    const rig = await contradicted();
    expect(rig.contradictions).toBe(1);
    for (const order of ['asc', 'desc'] as const) {
      const window = windowOf({ order, offset: 7 });
      const before = rig.desk.calls.length;
      for (let i = 0; i < 3; i++) {
        const page = seen(await rig.read(window), window);
        expect(page.rows.every((row) => row.startsWith('null'))).toBe(true);
      }
      expect(rig.desk.calls.slice(before)).toEqual([window]);
    }
    expect(rig.contradictions).toBe(1);
  });

  it('is tried as a log again after ten minutes', async () => {
    const rig = await contradicted();
    rig.desk.become({ isContradictory: false });
    rig.time += TEN_MINUTES - 1;
    expect((await rig.read()).first).toBeUndefined();
    rig.time += 1;
    expect((await rig.read()).first).toBe(230);
    expect(rig.desk.calls.at(-1)).toEqual({ order: 'desc', offset: 0, limit: 100 });
  });

  it('keeps a window no longer than the session’s newest message allows, however old its own are', async () => {
    const rig = await contradicted();
    rig.desk.grow(1);
    await rig.read();
    expect((await rig.read({ order: 'asc', offset: 40 })).lifetimeMs).toBe(rig.policy.freshMinMs);
  });

  it.each([
    [
      'shrinks',
      (rig: Rig) => {
        rig.desk.shrinkTo(20);
      },
    ],
    [
      'claims more than it has',
      (rig: Rig) => {
        rig.desk.become({ lie: 3 });
      },
    ],
    [
      'claims fewer than it has',
      (rig: Rig) => {
        rig.desk.become({ lie: -3 });
      },
    ],
  ])('is one that %s', async (_, change) => {
    const rig = await warm();
    change(rig);
    await rig.read({}, true);
    expect(rig.contradictions).toBe(1);
  });

  it('is one whose two orders do not fit where they are joined', async () => {
    const rig = new Rig({ count: 230 });
    await rig.read({ order: 'asc', offset: 0, limit: 100 });
    rig.desk.become({ isContradictory: true });
    await rig.read({ order: 'desc', offset: 200, limit: 30 });
    expect(rig.contradictions).toBe(1);
  });
});

describe('a slow desk', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('makes nobody wait longer than 1 s who can have an old page, and its answer is kept all the same', async () => {
    const rig = await warm();
    const open = rig.desk.hold();
    rig.time += STALE_MS;
    let outcome = 'waiting';
    void rig.read().then((reading) => (outcome = reading.outcome));
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
