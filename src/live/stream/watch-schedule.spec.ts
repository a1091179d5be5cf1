import { beforeEach, describe, expect, it } from '@jest/globals';
import { WatchSchedule } from './watch-schedule.js';

describe('a watched session', () => {
  let now: number;
  let isTold: boolean;
  let schedule: WatchSchedule;
  const inMs = () => schedule.nextAt - now;
  const look = (isNew = false, remainingMs = 60_000) => {
    schedule.looking();
    schedule.succeeded();
    schedule.learned({ ageMs: 0, remainingMs, isNew });
  };

  beforeEach(() => {
    now = 1_000_000;
    isTold = false;
    schedule = new WatchSchedule(
      () => now,
      () => isTold,
    );
  });

  it('is polled when it is stale, and every 10 s at least', () => {
    look(false, 2000);
    expect(inMs()).toBe(2000);
    now += 2000;
    look(false, 60_000);
    expect(inMs()).toBe(10_000);
    expect(schedule.freshSince).toBe(now - 10_000);
  });

  it('is polled only when it is stale while changes are reported, and every 10 s again when they are not', () => {
    isTold = true;
    look(false, 30_000);
    expect(inMs()).toBe(30_000);
    expect(schedule.freshSince).toBe(-Infinity);
    isTold = false;
    expect(inMs()).toBe(10_000);
  });

  it('is not polled more often than every 250 ms, however short lifetimes are', () => {
    look(false, 0);
    expect(inMs()).toBe(250);
  });

  it('is polled at once after a notice, then 1, 2 and 5 s later while nothing is new', () => {
    isTold = true;
    look();
    now += 3000;
    schedule.noticed();
    const moments: number[] = [];
    const noticedAt = now;
    for (let i = 0; i < 4; i++) {
      now += Math.max(0, inMs());
      expect(schedule.freshSince).toBeGreaterThan(now - 1001);
      moments.push(now - noticedAt);
      look();
    }
    expect(moments).toEqual([0, 1000, 2000, 5000]);
    expect(inMs()).toBe(60_000);
  });

  it('is polled at most once a second while notices come, and no more once something was new', () => {
    look();
    now += 3000;
    schedule.noticed();
    look();
    now += 100;
    schedule.noticed();
    expect(inMs()).toBe(900);
    now += 900;
    look(true);
    expect(inMs()).toBe(10_000);
  });

  it('is paused after a failure for as long as that says, and for a second at least', () => {
    look(false, 0);
    schedule.looking();
    schedule.failed(0);
    expect(inMs()).toBe(1000);
    schedule.failed(7000);
    expect(inMs()).toBe(7000);
  });
});
