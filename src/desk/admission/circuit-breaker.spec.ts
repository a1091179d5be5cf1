import { beforeEach, describe, expect, it } from '@jest/globals';
import { CircuitBreaker } from './circuit-breaker.js';

describe('CircuitBreaker', () => {
  let now: number;
  let states: boolean[];
  let breaker: CircuitBreaker;
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) breaker.failed(false);
  };

  beforeEach(() => {
    now = 0;
    states = [];
    breaker = new CircuitBreaker(
      () => now,
      (isOpen) => states.push(isOpen),
    );
  });

  it('opens for 2 s after ten failures in a row', () => {
    fail(9);
    expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: false });
    fail(1);
    expect(breaker.enter()).toEqual({ kind: 'open', remainingMs: 2000 });
    now = 1500;
    expect(breaker.enter()).toEqual({ kind: 'open', remainingMs: 500 });
    expect(states).toEqual([true]);
  });

  it('starts counting again after a success', () => {
    fail(9);
    breaker.succeeded(false);
    fail(9);
    expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: false });
  });

  it('neither counts nor resets at inconclusive outcomes', () => {
    fail(9);
    breaker.inconclusive(false);
    expect(breaker.enter().kind).toBe('enter');
    fail(1);
    expect(breaker.enter().kind).toBe('open');
  });

  describe('when the open time is over', () => {
    beforeEach(() => {
      fail(10);
      now = 2000;
    });

    it('admits one request and rejects the others', () => {
      expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: true });
      expect(breaker.enter()).toEqual({ kind: 'open', remainingMs: 1000 });
    });

    it('closes when the trial succeeds', () => {
      breaker.enter();
      breaker.succeeded(true);
      expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: false });
      expect(states).toEqual([true, false]);
    });

    it('stays open for another 2 s when the trial fails', () => {
      breaker.enter();
      breaker.failed(true);
      expect(breaker.enter()).toEqual({ kind: 'open', remainingMs: 2000 });
    });

    it('admits another trial when the first was inconclusive', () => {
      breaker.enter();
      breaker.inconclusive(true);
      expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: true });
    });

    it('admits no second request when earlier requests end meanwhile', () => {
      breaker.enter();
      breaker.inconclusive(false);
      breaker.failed(false);
      expect(breaker.enter().kind).toBe('open');
    });
  });

  it('is not kept open by requests that were in flight when it opened', () => {
    fail(10);
    now = 1900;
    fail(5);
    now = 2000;
    expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: true });
  });
});
