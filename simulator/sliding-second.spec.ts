import { expect, it } from '@jest/globals';
import { SlidingSecond } from './sliding-second.js';

it('counts what is less than a second old', () => {
  let now = 0;
  const second = new SlidingSecond(() => now);
  expect(second.add()).toBe(1);
  now = 600;
  expect(second.add()).toBe(2);
  now = 999.9;
  expect(second.count()).toBe(2);
  now = 1000;
  expect(second.count()).toBe(1);
  now = 1600;
  expect(second.count()).toBe(0);
});

it('stays right over a hundred thousand calls', () => {
  let now = 0;
  const second = new SlidingSecond(() => now);
  let most = 0;
  for (let i = 0; i < 100_000; i += 1) {
    now += 10;
    most = Math.max(most, second.add());
  }
  expect(most).toBe(100);
});
