import { describe, expect, it } from '@jest/globals';
import { RedisLink } from '../../redis/redis-link.js';
import { Quota, SlidingWindow } from './quota.js';

describe('Quota, without Redis configured', () => {
  it('allows the whole quota, and no window exceeds it', async () => {
    let now = 0;
    const quota = new Quota(new RedisLink(undefined), 'desk', 20, () => now);
    const allowed: number[] = [];
    for (now = 0; now < 5000; now += 3) if ((await quota.take()) === 0) allowed.push(now);
    expect(allowed.filter((at) => at < 1000)).toHaveLength(20);
    for (const [index, at] of allowed.entries()) {
      expect((allowed[index + 20] ?? Infinity) - at).toBeGreaterThan(1000);
    }
  });

  it('tells how long to wait', async () => {
    const quota = new Quota(new RedisLink(undefined), 'desk', 1, () => 0);
    await quota.take();
    expect(await quota.take()).toBe(1050);
  });
});

describe('SlidingWindow', () => {
  it('allows no more than the maximum in any window, wherever it starts', () => {
    let now = 0;
    const calls = new SlidingWindow(3, 1000, () => now);
    const allowed: number[] = [];
    for (now = 0; now < 10_000; now += 7) if (calls.take() === 0) allowed.push(now);
    for (const [index, at] of allowed.entries()) {
      expect((allowed[index + 3] ?? Infinity) - at).toBeGreaterThanOrEqual(1000);
    }
    expect(allowed.length).toBeGreaterThanOrEqual(29);
  });

  it('tells when there is room again', () => {
    let now = 0;
    const calls = new SlidingWindow(1, 1000, () => now);
    calls.take();
    now = 400;
    expect(calls.take()).toBe(600);
    now = 1000;
    expect(calls.take()).toBe(0);
  });

  it('counts calls that were allowed elsewhere', () => {
    const calls = new SlidingWindow(1, 1000, () => 0);
    calls.note();
    expect(calls.take()).toBe(1000);
  });
});
