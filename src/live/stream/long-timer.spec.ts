import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { onceAt } from './long-timer.js';

const DAY = 86_400_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

it("calls back at a moment beyond Node's longest timer, and not before", () => {
  let calls = 0;
  onceAt(
    Date.now() + 60 * DAY,
    () => Date.now(),
    () => (calls += 1),
  );
  jest.advanceTimersByTime(60 * DAY - 1);
  expect(calls).toBe(0);
  jest.advanceTimersByTime(1);
  expect(calls).toBe(1);
});

it('can be cancelled, and never fires at Infinity', () => {
  let calls = 0;
  onceAt(
    Date.now() + 30 * DAY,
    () => Date.now(),
    () => (calls += 1),
  )();
  onceAt(
    Infinity,
    () => Date.now(),
    () => (calls += 1),
  );
  jest.advanceTimersByTime(40 * DAY);
  expect(calls).toBe(0);
});
