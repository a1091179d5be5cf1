import { beforeEach, describe, expect, it } from '@jest/globals';
import { WatchSchedule } from './watch-schedule.js';

describe('a watched session', () => {
  let now: number;
  let isReporting: boolean;
  let schedule: WatchSchedule;
  const inMs = () => schedule.nextAt - now;
  const poll = (isNew = false, remainingMs = 60_000) => {
    schedule.polling();
    schedule.succeeded();
    schedule.updated({ ageMs: 0, remainingMs, isNew });
  };

  beforeEach(() => {
    now = 1_000_000;
    isReporting = false;
    schedule = new WatchSchedule(
      () => now,
      () => isReporting,
    );
  });

  it('is polled when it is stale, and every 10 s at least', () => {
    poll(false, 2000);
    expect(inMs()).toBe(2000);
    now += 2000;
    poll(false, 60_000);
    expect(inMs()).toBe(10_000);
    expect(schedule.freshSince).toBe(now - 10_000);
  });

  it('is polled only when it is stale while changes are reported, and every 10 s again when they are not', () => {
    isReporting = true;
    poll(false, 30_000);
    expect(inMs()).toBe(30_000);
    expect(schedule.freshSince).toBe(-Infinity);
    isReporting = false;
    expect(inMs()).toBe(10_000);
  });

  it('is not polled more often than every 250 ms, however short lifetimes are', () => {
    poll(false, 0);
    expect(inMs()).toBe(250);
  });

  it('is polled at once after a change is reported, then 1, 2 and 5 s later while nothing is new', () => {
    isReporting = true;
    poll();
    now += 3000;
    schedule.pollAgain();
    const moments: number[] = [];
    const changedAt = now;
    for (let i = 0; i < 4; i++) {
      now += Math.max(0, inMs());
      expect(schedule.freshSince).toBeGreaterThan(now - 1001);
      moments.push(now - changedAt);
      poll();
    }
    expect(moments).toEqual([0, 1000, 2000, 5000]);
    expect(inMs()).toBe(60_000);
  });

  it('is polled at once after a change, however lately it was polled for another reason', () => {
    isReporting = true;
    poll();
    now += 260;
    schedule.pollAgain();
    expect(inMs()).toBe(0);
    poll();
    schedule.pollAgain();
    expect(inMs()).toBe(1000);
  });

  it('is polled again although something was new, if that was asked for before the last change', () => {
    isReporting = true;
    poll();
    now += 3000;
    schedule.pollAgain();
    schedule.polling();
    now += 100;
    schedule.pollAgain();
    now += 200;
    schedule.updated({ ageMs: 300, remainingMs: -1, isNew: true });
    expect(inMs()).toBe(700);
    now += 700;
    poll(true);
    expect(inMs()).toBe(60_000);
  });

  it('is polled at most once a second while one change after the other is reported, and no more once something was new', () => {
    poll();
    now += 3000;
    schedule.pollAgain();
    poll();
    now += 100;
    schedule.pollAgain();
    expect(inMs()).toBe(900);
    now += 900;
    poll(true);
    expect(inMs()).toBe(10_000);
  });

  it('is paused after a failure for as long as that says, and for a second at least', () => {
    poll(false, 0);
    schedule.polling();
    schedule.failed(0);
    expect(inMs()).toBe(1000);
    schedule.failed(7000);
    expect(inMs()).toBe(7000);
  });
});
