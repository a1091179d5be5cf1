import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DeskAbandonedError,
  DeskBusyError,
  DeskFailedError,
  DeskJoinTimeoutError,
  DeskLimitedCallError,
  DeskRateLimitedError,
  DeskTimeoutError,
} from '../desk/desk-error.js';
import { patiently } from './patience.js';

const PATIENCE_MS = 1000;
const PAUSE_MS = 400;

describe('patience', () => {
  let time: number;
  let gone: AbortController;
  let tries: number;

  beforeEach(() => {
    time = 5000;
    tries = 0;
    gone = new AbortController();
  });

  afterEach(() => {
    gone.abort();
  });

  /** Each try takes as long as it says by the injected clock, and ends in the error, if there is one. */
  const work = (takesMs: number, errorOf: (nth: number) => Error | undefined) =>
    patiently(
      async () => {
        await Promise.resolve();
        tries += 1;
        time += takesMs;
        const error = errorOf(tries);
        if (error) throw error;
        return 'done';
      },
      { patienceMs: PATIENCE_MS, now: () => time, signal: gone.signal },
    );

  const limited = () => new DeskLimitedCallError('limited', { retryAfterMs: 1 });

  it.each([
    ['the own quota', () => new DeskRateLimitedError('no quota', { retryAfterMs: 1 })],
    ['a long queue', () => new DeskBusyError('busy')],
    ["another's call", () => new DeskJoinTimeoutError('no answer yet')],
    ["the desk's limit", limited],
  ])('waits for %s', async (_, error) => {
    await expect(work(100, (nth) => (nth < 3 ? error() : undefined))).resolves.toBe('done');
    expect(tries).toBe(3);
  });

  it('gives up when no call went out for so long', async () => {
    await expect(work(PAUSE_MS, () => new DeskBusyError('busy'))).rejects.toThrow(DeskBusyError);
    // At 400, 800 and 1,200 ms: the third is past its time.
    expect(tries).toBe(3);
  });

  it('has its time anew after each call that the desk limited', async () => {
    await expect(work(PAUSE_MS, (nth) => (nth < 10 ? limited() : undefined))).resolves.toBe('done');
    expect(tries).toBe(10);
  });

  it.each([new DeskFailedError('failed'), new DeskTimeoutError('no answer'), new TypeError('a bug')])(
    'throws %s at once',
    async (error) => {
      await expect(work(0, () => error)).rejects.toBe(error);
      expect(tries).toBe(1);
    },
  );

  it('stops at the signal, in the middle of a pause', async () => {
    const isRefused = expect(
      work(0, () => new DeskRateLimitedError('no quota', { retryAfterMs: 900 })),
    ).rejects.toThrow(DeskAbandonedError);
    await new Promise(setImmediate);
    gone.abort();
    await isRefused;
    expect(tries).toBe(1);
  });
});

// `node:timers/promises` is not faked: how long a pause is can only be seen by the real time.
describe('a pause', () => {
  it('is as long as the error says, and never longer than what is left', async () => {
    const startedAt = Date.now();
    const never = patiently(() => Promise.reject(new DeskRateLimitedError('no quota', { retryAfterMs: 60_000 })), {
      patienceMs: 200,
      now: Date.now,
      signal: new AbortController().signal,
    });
    await expect(never).rejects.toThrow(DeskRateLimitedError);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(199);
    expect(Date.now() - startedAt).toBeLessThan(5000);
  });
});
