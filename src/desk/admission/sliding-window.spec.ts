import { describe, expect, it } from '@jest/globals';
import { SlidingWindow } from './sliding-window.js';

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
