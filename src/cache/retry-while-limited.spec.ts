import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest, test } from '@jest/globals';
import {
  DeskAbandonedError,
  DeskBusyError,
  DeskFailedError,
  DeskJoinTimeoutError,
  DeskLimitedCallError,
  DeskRateLimitedError,
  DeskTimeoutError,
  DeskUnavailableError,
} from '../desk/desk-error.js';
import { MAX_TIMER_MS } from '../clock.js';
import { backgroundMaxWaitMs, retryWhileLimited } from './retry-while-limited.js';

const START = Date.UTC(2026, 0, 1);
const MAX_WAIT_MS = 1000;

test('a background read waits one and a half of the longest cool-downs, and never longer than a timer can', () => {
  expect(backgroundMaxWaitMs({ deskCooldownMaxMs: 60_000 })).toBe(90_000);
  expect(backgroundMaxWaitMs({ deskCooldownMaxMs: MAX_TIMER_MS })).toBe(MAX_TIMER_MS);
});

describe('retryWhileLimited', () => {
  let gone: AbortController;
  let stop: AbortController;
  /** When each attempt began, in milliseconds from the start. */
  let tries: number[];

  beforeEach(() => {
    jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    tries = [];
    gone = new AbortController();
    stop = new AbortController();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  /** Each attempt ends in its error, if there is one. */
  const attempts = (errorOf: (nth: number) => Error | undefined) =>
    retryWhileLimited(
      async () => {
        await Promise.resolve();
        tries.push(Date.now() - START);
        const error = errorOf(tries.length);
        if (error) throw error;
        return 'done';
      },
      { maxWaitMs: MAX_WAIT_MS, now: Date.now, signal: gone.signal, stopping: stop.signal },
    );
  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it.each([
    ['the own quota', () => new DeskRateLimitedError('no quota', { retryAfterMs: 300 })],
    ['a long queue', () => new DeskBusyError('busy', { retryAfterMs: 300 })],
    ["another's call", () => new DeskJoinTimeoutError('no answer yet', { retryAfterMs: 300 })],
    ["the desk's limit", () => new DeskLimitedCallError('limited', { retryAfterMs: 300 })],
  ])('waits for %s, as long as the error says', async (_, error) => {
    const done = attempts((nth) => (nth < 3 ? error() : undefined));
    await pass(600);
    await expect(done).resolves.toBe('done');
    expect(tries).toEqual([0, 300, 600]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('pauses for a moment when the error says no time', async () => {
    const done = attempts((nth) => (nth < 3 ? new DeskBusyError('busy') : undefined));
    await pass(100);
    await expect(done).resolves.toBe('done');
    expect(tries).toEqual([0, 50, 100]);
  });

  it('gives up when no call was sent for so long', async () => {
    const isRefused = expect(attempts(() => new DeskBusyError('busy', { retryAfterMs: 400 }))).rejects.toThrow(
      DeskBusyError,
    );
    await pass(MAX_WAIT_MS);
    await isRefused;
    // The last pause is the remaining time.
    expect(tries).toEqual([0, 400, 800, MAX_WAIT_MS]);
  });

  it('makes a last attempt at the end of its time, however long the error says', async () => {
    const isRefused = expect(
      attempts(() => new DeskRateLimitedError('no quota', { retryAfterMs: 60_000 })),
    ).rejects.toThrow(DeskRateLimitedError);
    await pass(MAX_WAIT_MS);
    await isRefused;
    expect(tries).toEqual([0, MAX_WAIT_MS]);
  });

  it('starts its time again after each call that the desk limited', async () => {
    const limited = () => new DeskLimitedCallError('limited', { retryAfterMs: 900 });
    const done = attempts((nth) => (nth <= 10 ? limited() : undefined));
    await pass(9000);
    await expect(done).resolves.toBe('done');
    expect(tries).toHaveLength(11);
  });

  it.each([new DeskFailedError('failed'), new DeskTimeoutError('no answer'), new TypeError('a bug')])(
    'throws %s at once',
    async (error) => {
      await expect(attempts(() => error)).rejects.toBe(error);
      expect(tries).toEqual([0]);
    },
  );

  it('stops at the signal, in the middle of a pause', async () => {
    const isRefused = expect(
      attempts(() => new DeskRateLimitedError('no quota', { retryAfterMs: 900 })),
    ).rejects.toThrow(DeskAbandonedError);
    await pass(100);
    gone.abort();
    await isRefused;
    expect(tries).toEqual([0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stops when the service does, in the middle of a pause', async () => {
    const limited = () => new DeskLimitedCallError('limited', { retryAfterMs: 900 });
    const isRefused = expect(attempts(limited)).rejects.toThrow(DeskUnavailableError);
    await pass(100);
    stop.abort();
    await isRefused;
    expect(tries).toEqual([0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('begins no pause for a client that has disconnected', async () => {
    gone.abort();
    await expect(attempts(() => new DeskBusyError('busy'))).rejects.toThrow(DeskAbandonedError);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leaves no listener at the signal that lives as long as the process', async () => {
    const listeners = () => getEventListeners(stop.signal, 'abort').length;
    const done = attempts((nth) => (nth < 3 ? new DeskBusyError('busy') : undefined));
    await pass(70);
    expect(listeners()).toBe(1);
    await pass(30);
    await expect(done).resolves.toBe('done');
    expect(listeners()).toBe(0);
  });
});
