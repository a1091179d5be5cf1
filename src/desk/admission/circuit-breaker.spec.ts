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

  it('counts anew after a success', () => {
    fail(9);
    breaker.succeeded(false);
    fail(9);
    expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: false });
  });

  it('neither counts nor forgets at what says nothing', () => {
    fail(9);
    breaker.neither(false);
    expect(breaker.enter().kind).toBe('enter');
    fail(1);
    expect(breaker.enter().kind).toBe('open');
  });

  describe('when its time is up', () => {
    beforeEach(() => {
      fail(10);
      now = 2000;
    });

    it('lets one call through, and tells the others to come back', () => {
      expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: true });
      expect(breaker.enter()).toEqual({ kind: 'open', remainingMs: 1000 });
    });

    it('closes when that call succeeds', () => {
      breaker.enter();
      breaker.succeeded(true);
      expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: false });
      expect(states).toEqual([true, false]);
    });

    it('stays open for another 2 s when that call fails', () => {
      breaker.enter();
      breaker.failed(true);
      expect(breaker.enter()).toEqual({ kind: 'open', remainingMs: 2000 });
    });

    it('lets the next one try when that call said nothing', () => {
      breaker.enter();
      breaker.neither(true);
      expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: true });
    });

    it('lets nobody else through because requests from before end meanwhile', () => {
      breaker.enter();
      breaker.neither(false);
      breaker.failed(false);
      expect(breaker.enter().kind).toBe('open');
    });
  });

  it('is not kept open by requests that were under way when it opened', () => {
    fail(10);
    now = 1900;
    fail(5);
    now = 2000;
    expect(breaker.enter()).toEqual({ kind: 'enter', isHalfOpen: true });
  });
});
