import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { onceAt } from './long-timer.js';

const DAY = 86_400_000;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

it('calls back at a moment that no single timer of Node reaches, and not before', () => {
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

it('can be taken back, and never comes where there is no end', () => {
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
