import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RedisLink } from '../redis/redis-link.js';
import { CoolDown } from './cool-down.js';
import { DeskAbandonedError, DeskError, DeskRateLimitedError, DeskUnavailableError } from './desk-error.js';
import { Gate, type Pass } from './gate.js';
import { Probe } from './probe.js';
import { Quota } from './quota.js';
import { RefusalPause } from './refusal-pause.js';
import { Turnstile } from './turnstile.js';

describe('Turnstile', () => {
  let gate: Gate;
  let turnstile: Turnstile;
  let lengths: number[];
  let waits: number[];
  /** Who got through or was turned away, in order. */
  let events: string[];

  const open = (maxRps: number) => {
    const redis = new RedisLink(undefined);
    const now = () => Date.now();
    gate = new Gate({
      quota: new Quota(redis, 'desk', maxRps, now),
      coolDown: new CoolDown(redis, 'desk', { minMs: 1000, maxMs: 60_000 }, now),
      refusals: new RefusalPause(redis, 'desk', now),
      probe: new Probe(redis, 'desk', 4500, now),
      random: () => 0,
    });
    turnstile = new Turnstile({
      gate,
      maxRps,
      now,
      onLengthChange: (length) => lengths.push(length),
      onTurn: (waitedMs) => waits.push(waitedMs),
    });
  };

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_700_000_000_000, doNotFake: ['nextTick', 'queueMicrotask'] });
    lengths = [];
    waits = [];
    events = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const tick = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  const come = (
    name: string,
    { ms = 10_000, isBackground = false, isAgain = false, abandoned = new AbortController().signal } = {},
  ): Promise<Pass | DeskError> =>
    turnstile.enter({ deadlineAt: Date.now() + ms, isBackground, abandoned }, isAgain).then(
      (pass) => {
        events.push(name);
        return pass;
      },
      (error: unknown) => {
        if (!(error instanceof DeskError)) throw error;
        events.push(`${name}: ${error.code}`);
        return error;
      },
    );

  it('lets through at once what the quota allows, then one after the other in the order they came', async () => {
    open(2);
    for (const name of ['a', 'b', 'c', 'd', 'e']) void come(name);
    await tick(0);
    expect(events).toEqual(['a', 'b']);
    await tick(1050);
    expect(events).toEqual(['a', 'b', 'c', 'd']);
    await tick(1050);
    expect(events).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(waits).toEqual([0, 0, 1050, 1050, 2100]);
    expect(lengths.at(-1)).toBe(0);
  });

  it('lets those go first for whom somebody waits, and before them those who have had their turn', async () => {
    open(1);
    void come('first');
    await tick(0);
    void come('refresh', { isBackground: true });
    void come('request');
    void come('once more', { isAgain: true });
    await tick(4000);
    expect(events).toEqual(['first', 'once more', 'request', 'refresh']);
  });

  it('turns away at the deadline, with the time after which a call may succeed', async () => {
    open(1);
    void come('a');
    const late = come('b', { ms: 500 });
    for (let i = 0; i < 5; i++) void come(`c${i}`);
    await tick(500);
    expect(events).toEqual(['a', 'b: upstream-rate-limited']);
    const error = await late;
    expect(error).toBeInstanceOf(DeskRateLimitedError);
    expect(error).toMatchObject({ upstreamCode: undefined, retryAfterMs: 5000 });
  });

  it('does not promise a long wait where all who wait give up soon', async () => {
    open(1);
    void come('a', { ms: 900 });
    const waiting = Array.from({ length: 100 }, (_, i) => come(`b${i}`, { ms: 900 }));
    await tick(800);
    const next = come('c', { ms: 1 });
    await tick(1);
    // 100 wait for one call a second, but the last of them gives up in 99 ms.
    expect(await next).toMatchObject({ retryAfterMs: 99 });
    await tick(100);
    for (const each of await Promise.all(waiting)) {
      expect(each instanceof DeskError && (each.retryAfterMs ?? 0)).toBeLessThan(1000);
    }
  });

  it('lets 5,000 wait and turns the next one away at once', async () => {
    open(1);
    void come('first');
    await tick(0);
    for (let i = 0; i < 5000; i++) void come('waits', { isBackground: i % 2 === 0 });
    const error = await come('one too many');
    expect(error).toBeInstanceOf(DeskUnavailableError);
    expect(error).toMatchObject({ code: 'unavailable', retryAfterMs: 10_000 });
    expect(Math.max(...lengths)).toBe(5000);
  });

  it('has room again as soon as those who waited gave up', async () => {
    open(1);
    void come('first');
    await tick(0);
    for (let i = 0; i < 4990; i++) void come('refresh', { isBackground: true, ms: 500 });
    for (let i = 0; i < 10; i++) void come('request', { ms: 5000 });
    await tick(500);
    events = [];
    void come('new');
    await tick(0);
    expect(events).toEqual([]);
    expect(lengths.at(-1)).toBe(11);
  });

  it('turns everybody away at once when the gate shuts', async () => {
    open(1);
    const passed = await Promise.all([come('a'), tick(0)]);
    const waiting = [come('b'), come('c', { isBackground: true })];
    const [pass] = passed;
    if (pass instanceof DeskError) throw pass;
    await gate.limited(pass, 141009);
    await tick(1050);
    await Promise.all(waiting);
    expect(events).toEqual(['a', 'b: upstream-rate-limited', 'c: upstream-rate-limited']);
  });

  it('lets no more than 100 go at a time, and the next when one leaves', async () => {
    open(1000);
    for (let i = 0; i < 103; i++) void come(`c${i}`);
    await tick(5000);
    expect(events).toHaveLength(100);
    turnstile.leave(10);
    await tick(0);
    expect(events).toHaveLength(101);
    await tick(5000);
    expect(events.slice(101)).toEqual(['c101: unavailable', 'c102: unavailable']);
  });

  it('lets one go at a time while the credentials are in doubt', async () => {
    open(10);
    await gate.refused(70009);
    await tick(1000);
    void come('a');
    void come('b');
    await tick(100);
    expect(events).toEqual(['a']);
    turnstile.leave(10);
    await tick(0);
    expect(events).toEqual(['a', 'b']);
    gate.accepted();
    void come('c');
    await tick(0);
    expect(events).toEqual(['a', 'b', 'c']);
  });

  it('lets nobody but the trial go while a new signature is tried', async () => {
    open(10);
    turnstile.holdBack(true);
    void come('a');
    void come('trial', { isAgain: true });
    await tick(100);
    expect(events).toEqual(['trial']);
    turnstile.holdBack(false);
    await tick(0);
    expect(events).toEqual(['trial', 'a']);
  });

  it('does not waste a turn on who has no time left for an answer while others have', async () => {
    open(1);
    for (let i = 0; i < 50; i++) {
      void come('warm', { ms: 1_000_000 });
      await tick(1050);
      turnstile.leave(400);
    }
    events = [];
    void come('a', { ms: 2000 });
    await tick(0);
    void come('soon gone', { ms: 1200 });
    void come('patient', { ms: 3000 });
    await tick(1050);
    expect(events).toEqual(['a', 'soon gone: upstream-rate-limited', 'patient']);
  });

  it('gives a turn to who has little time left where nobody else waits', async () => {
    open(1);
    for (let i = 0; i < 50; i++) {
      void come('warm', { ms: 1_000_000 });
      await tick(1050);
      turnstile.leave(400);
    }
    events = [];
    void come('a');
    await tick(0);
    void come('alone', { ms: 1100 });
    await tick(1050);
    expect(events).toEqual(['a', 'alone']);
  });

  it('has who is not waited for any more leave the queue at once, wherever it stood', async () => {
    open(1);
    void come('first');
    await tick(0);
    const readers = new AbortController();
    const { signal: abandoned } = readers;
    const left = [
      come('a', { abandoned }),
      come('b', { abandoned, isBackground: true }),
      come('c', { abandoned, isAgain: true }),
    ];
    void come('next');
    expect(lengths.at(-1)).toBe(4);
    readers.abort();
    expect(lengths.at(-1)).toBe(1);
    for (const each of left) expect(await each).toBeInstanceOf(DeskAbandonedError);
    expect(await come('late', { abandoned })).toBeInstanceOf(DeskAbandonedError);
    events = [];
    await tick(1050);
    expect(events).toEqual(['next']);
  });

  it('lets a call that had its turn go on, whoever leaves', async () => {
    open(1);
    const reader = new AbortController();
    const passed = come('a', { abandoned: reader.signal });
    await tick(0);
    reader.abort();
    expect(await passed).not.toBeInstanceOf(DeskError);
    expect(events).toEqual(['a']);
  });

  it('turns all who wait and all who come away when it closes, and leaves no timer behind', async () => {
    open(1);
    void come('a');
    await tick(0);
    void come('b');
    void come('c', { isBackground: true });
    turnstile.close();
    void come('d');
    await tick(1050);
    expect(events.toSorted()).toEqual(['a', 'b: unavailable', 'c: unavailable', 'd: unavailable']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('turns away with 503 instead of hanging when the gate itself fails', async () => {
    open(1);
    jest.spyOn(gate, 'admit').mockRejectedValueOnce(new Error('a bug'));
    void come('a');
    await tick(0);
    void come('b');
    await tick(0);
    expect(events).toEqual(['a: unavailable', 'b']);
  });
});
