import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallPriority } from '../call-options.js';
import { BackgroundTurns } from './background-turns.js';

describe('BackgroundTurns', () => {
  let turns: BackgroundTurns;
  let isBusy: boolean;
  let quotaMs: number;
  let events: string[];
  let takeFromQuota: () => Promise<number>;
  let lengths: number[];
  let faults: unknown[];

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_700_000_000_000, doNotFake: ['nextTick', 'queueMicrotask'] });
    isBusy = false;
    quotaMs = 0;
    takeFromQuota = () => Promise.resolve(quotaMs);
    events = [];
    lengths = [];
    faults = [];
    turns = new BackgroundTurns({
      quota: { take: () => takeFromQuota() },
      spacingMs: 100,
      isBusy: () => isBusy,
      now: () => Date.now(),
      onLengthChange: (length) => lengths.push(length),
      onFault: (error) => faults.push(error),
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  interface Coming {
    readonly isNeeded?: boolean;
    readonly priority?: CallPriority;
    readonly signal?: AbortSignal;
    readonly maxWaitMs?: number;
  }

  const tick = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const come = (name: string, coming: Coming = {}) => {
    const { isNeeded = true, priority = new CallPriority(true), signal = never(), maxWaitMs = Infinity } = coming;
    const work = { priority, signal, maxWaitMs, isNeeded: () => Promise.resolve(isNeeded) };
    void turns.take(work).then(
      (outcome) => events.push(`${name}: ${outcome}`),
      () => events.push(`${name}: gone`),
    );
  };

  it('serves one after the other, evenly spaced, the longest waiting first', async () => {
    for (const name of ['a', 'b', 'c']) come(name);
    await tick(0);
    expect(events).toEqual(['a: turn']);
    await tick(99);
    expect(events).toHaveLength(1);
    await tick(1);
    expect(events).toEqual(['a: turn', 'b: turn']);
    await tick(100);
    expect(events).toEqual(['a: turn', 'b: turn', 'c: turn']);
    expect(lengths.at(-1)).toBe(0);
  });

  it('keeps the turn of a call that has no deadline', async () => {
    isBusy = true;
    come('a');
    await tick(600_000);
    expect(events).toEqual([]);
    isBusy = false;
    await tick(20);
    expect(events).toEqual(['a: turn']);
  });

  it('waits until the shared quota has room', async () => {
    quotaMs = 500;
    come('a');
    await tick(499);
    quotaMs = 0;
    expect(events).toEqual([]);
    await tick(1);
    expect(events).toEqual(['a: turn']);
  });

  it('uses no turn when another replica has loaded it meanwhile', async () => {
    come('a', { isNeeded: false });
    come('b');
    await tick(0);
    expect(events).toEqual(['a: not-needed', 'b: turn']);
  });

  it('lets a call go at once when a request joins it', async () => {
    isBusy = true;
    const priority = new CallPriority(true);
    come('a');
    come('b', { priority });
    priority.raise();
    await tick(0);
    expect(events).toEqual(['b: turn']);
  });

  it('rejects calls at their deadline and gives their turns to the others', async () => {
    isBusy = true;
    come('a', { maxWaitMs: 1000 });
    come('b');
    await tick(1000);
    expect(events).toEqual(['a: gone']);
    isBusy = false;
    await tick(20);
    expect(events).toEqual(['a: gone', 'b: turn']);
  });

  it('serves a call that is to be repeated first, also evenly spaced', async () => {
    come('a');
    come('b');
    await tick(0);
    void turns
      .takeAgain({ priority: new CallPriority(true), signal: never(), maxWaitMs: 1000 })
      .then(() => events.push('a again'));
    await tick(99);
    expect(events).toEqual(['a: turn']);
    await tick(101);
    expect(events).toEqual(['a: turn', 'a again', 'b: turn']);
  });

  it('rejects all waiting calls when the service stops', async () => {
    isBusy = true;
    come('a');
    turns.close();
    come('b');
    await tick(0);
    expect(events).toEqual(['a: gone', 'b: gone']);
  });

  it('rejects further calls at once when 5,000 with a deadline wait', async () => {
    isBusy = true;
    for (let i = 0; i < 5000; i++) come('a', { maxWaitMs: 1000 });
    come('b', { maxWaitMs: 1000 });
    come('watch');
    await tick(0);
    expect(events).toEqual(['b: gone']);
    expect(lengths.at(-1)).toBe(5001);
    turns.close();
  });

  it('drops a call that nobody needs any more', async () => {
    isBusy = true;
    const wanted = new AbortController();
    come('a', { signal: wanted.signal });
    come('b');
    wanted.abort();
    isBusy = false;
    await tick(20);
    expect(events).toEqual(['a: gone', 'b: turn']);
  });

  it('rejects a call and reports it after a fault of our own, then goes on', async () => {
    const fault = new TypeError('a bug');
    takeFromQuota = () => Promise.reject(fault);
    come('a');
    await tick(0);
    expect(events).toEqual(['a: gone']);
    expect(faults).toEqual([fault]);
    takeFromQuota = () => Promise.resolve(0);
    come('b');
    await tick(0);
    expect(events.at(-1)).toBe('b: turn');
  });
});

function never(): AbortSignal {
  return new AbortController().signal;
}
