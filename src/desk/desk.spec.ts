import { setTimeout as sleep } from 'node:timers/promises';
import { HttpService } from '@nestjs/axios';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { pino } from 'pino';
import { startSimulator, type Simulator } from '../../simulator/simulator.js';
import { type Fault } from '../../simulator/fault.js';
import { RedisLink } from '../redis/redis-link.js';
import { connectionPool } from './connection-pool.js';
import { CoolDown } from './cool-down.js';
import { Desk } from './desk.js';
import { DeskAttempt } from './desk-attempt.js';
import { DeskBreaker } from './desk-breaker.js';
import { DeskClient } from './desk-client.js';
import { DeskAbandonedError, DeskError } from './desk-error.js';
import { Gate } from './gate.js';
import { Probe } from './probe.js';
import { Quota } from './quota.js';
import { RefusalPause } from './refusal-pause.js';
import { SignatureTrial } from './signature-trial.js';
import { Turnstile } from './turnstile.js';
import { UserSig } from './user-sig.js';

const SESSION = 'b0f4ca12-4850-4218-a284-efe679a87066';

describe('Desk', () => {
  let simulator: Simulator;
  const pool = connectionPool();
  let desk: Desk;
  let turnstile: Turnstile;
  let signed: number;
  let codes: string[];
  let attempts: number[];
  let lines: Record<string, unknown>[];
  /** How far the clock of what has to last is ahead of the real one. */
  let aheadMs: number;

  beforeAll(async () => {
    simulator = await startSimulator();
  });
  afterAll(async () => {
    pool.httpAgent.destroy();
    await simulator.close();
  });

  const open = ({ attemptTimeoutMs = 4000, maxRps = 1000, random = 0, minMs = 1000, baseUrl = simulator.url } = {}) => {
    const { sdkAppId, secretKey, identifier } = simulator;
    const now = () => Date.now();
    const later = () => performance.now() + aheadMs;
    const redis = new RedisLink(undefined);
    const gate = new Gate({
      quota: new Quota(redis, 'desk', maxRps, later),
      coolDown: new CoolDown(redis, 'desk', { minMs, maxMs: 60_000 }, later),
      refusals: new RefusalPause(redis, 'desk', later),
      probe: new Probe(redis, 'desk', 4500, later),
      random: () => random,
    });
    turnstile = new Turnstile({ gate, maxRps, now });
    const onSigned = () => {
      signed += 1;
    };
    const userSig = new UserSig({ sdkAppId, secretKey, identifier, ttlMs: 86_400_000, now, onSigned });
    const attempt = new DeskAttempt({
      client: new DeskClient(new HttpService(axios.create(pool)), { baseUrl, sdkAppId, identifier }),
      turnstile,
      gate,
      userSig,
      trial: new SignatureTrial(userSig, (isUnderWay) => {
        turnstile.holdBack(isUnderWay);
      }),
      attemptTimeoutMs,
      now,
      logger: pino({}, { write: (line: string) => lines.push(parsed(line)) }),
      onCall: (code) => codes.push(code),
    });
    desk = new Desk({
      attempt,
      breaker: new DeskBreaker(later),
      now,
      random: () => random,
      onAttempts: (made) => attempts.push(made),
    });
  };

  beforeEach(() => {
    simulator.reset();
    signed = 0;
    codes = [];
    attempts = [];
    lines = [];
    aheadMs = 0;
    open();
  });

  const ask = (sessionId = SESSION, deadlineMs = 10_000, abandoned = new AbortController().signal) =>
    desk.ask(
      { sessionId, limit: 20, offset: 0, order: 'desc' },
      { deadlineAt: Date.now() + deadlineMs, isBackground: false, abandoned },
    );
  /** What a question ends in: `ok`, or the error. */
  const end = (sessionId?: string, deadlineMs?: number, abandoned?: AbortSignal): Promise<DeskError | 'ok'> =>
    ask(sessionId, deadlineMs, abandoned).then(
      () => 'ok',
      (error: unknown) => {
        if (error instanceof DeskError) return error;
        throw error;
      },
    );
  const gaps = () => simulator.calls.slice(1).map(({ at }, index) => at - (simulator.calls[index]?.at ?? 0));

  it('answers with the page and when it was asked for', async () => {
    const before = Date.now();
    const reply = await ask();
    expect(reply).toMatchObject({ total: 26 });
    expect(reply.messages).toHaveLength(20);
    expect(reply.askedAt).toBeGreaterThanOrEqual(before);
    expect(attempts).toEqual([1]);
    expect(codes).toEqual(['0']);
  });

  const passing: [string, Fault, string][] = [
    ['141002', { kind: 'error', code: 141002 }, '141002'],
    ['60013', { kind: 'error', code: 60013 }, '60013'],
    ['70500', { kind: 'error', code: 70500 }, '70500'],
    ['HTTP 502', { kind: 'status', status: 502 }, 'network'],
    ['a reset', { kind: 'reset' }, 'network'],
    ['a reset midway', { kind: 'reset-midway' }, 'network'],
    ['half the JSON', { kind: 'truncated' }, 'broken'],
    ['no JSON', { kind: 'malformed', how: 'html' }, 'broken'],
    ['30 MB', { kind: 'oversized' }, 'broken'],
    ['no answer', { kind: 'hang' }, 'timeout'],
    ['half an answer', { kind: 'stall' }, 'timeout'],
    ['a dripping answer', { kind: 'drip' }, 'timeout'],
  ];

  it.each(passing)('hides one %s from the caller', async (_name, fault, code) => {
    open({ attemptTimeoutMs: code === 'timeout' ? 700 : 4000 });
    simulator.failNext(fault);
    await ask();
    expect(codes).toEqual([code, '0']);
    expect(attempts).toEqual([2]);
  });

  it.each(passing)('makes three attempts and no more where %s lasts', async (_name, fault, code) => {
    open({ attemptTimeoutMs: code === 'timeout' ? 200 : 4000 });
    simulator.faultUntilReset(fault);
    const error = await end();
    expect(error).toMatchObject({ code: code === 'timeout' ? 'upstream-timeout' : 'upstream-failed' });
    expect(error).toMatchObject({ upstreamCode: /^\d+$/.test(code) ? Number(code) : undefined });
    expect(codes).toEqual([code, code, code]);
  });

  it.each([0, 1])('pauses 50–100 ms, then 100–200 ms (random %d), and asks with another random', async (random) => {
    open({ random });
    simulator.faultUntilReset({ kind: 'error', code: 141002 });
    await end();
    const [first = 0, second = 0] = gaps();
    expect(first).toBeGreaterThanOrEqual(49 * (1 + random));
    expect(second).toBeGreaterThanOrEqual(99 * (1 + random));
    expect(new Set(simulator.calls.map((call) => call.random)).size).toBe(3);
  });

  it.each([
    [141004, 'invalid-request'],
    [141010, 'session-not-found'],
    [141009, 'upstream-rate-limited'],
    [72010, 'upstream-rate-limited'],
    [141000, 'upstream-rejected'],
    [60010, 'upstream-rejected'],
    [60020, 'upstream-rejected'],
    [70107, 'upstream-rejected'],
    [70050, 'upstream-rejected'],
    [60002, 'upstream-rejected'],
    [123456, 'upstream-failed'],
    [80001, 'upstream-failed'],
  ])('asks once where the answer is %i: %s', async (upstreamCode, code) => {
    simulator.failNext({ kind: 'error', code: upstreamCode });
    expect(await end()).toMatchObject({ code, upstreamCode });
    expect(simulator.calls).toHaveLength(1);
  });

  it.each([301, 400, 404, 429])('asks once where HTTP says %i', async (status) => {
    simulator.failNext({ kind: 'status', status });
    const code = status === 429 ? 'upstream-rate-limited' : 'upstream-failed';
    expect(await end()).toMatchObject({ code, upstreamCode: undefined });
    expect(simulator.calls).toHaveLength(1);
  });

  it('asks once where nobody listens', async () => {
    open({ baseUrl: 'http://127.0.0.1:1' });
    expect(await end()).toMatchObject({ code: 'upstream-failed' });
    expect(codes).toEqual(['network']);
  });

  it('gives the reason itself, not a time-out, where the deadline leaves no room for another attempt', async () => {
    // Pauses of 550 and 1,100 ms: wide enough that a busy machine does not decide the test.
    open({ random: 10 });
    simulator.faultUntilReset({ kind: 'error', code: 141002 });
    expect(await end(SESSION, 1500)).toMatchObject({ code: 'upstream-failed', upstreamCode: 141002 });
    expect(codes).toEqual(['141002', '141002']);
  });

  it.each(['hang', 'stall', 'drip'] as const)('gives up at the deadline on a desk that %ss', async (kind) => {
    simulator.faultUntilReset({ kind });
    const before = Date.now();
    expect(await end(SESSION, 300)).toMatchObject({ code: 'upstream-timeout' });
    expect(Date.now() - before).toBeGreaterThanOrEqual(295);
    expect(codes).toEqual(['timeout']);
  });

  it('does not even ask where the deadline has passed', async () => {
    expect(await end(SESSION, 0)).toMatchObject({ code: 'upstream-timeout' });
    expect(simulator.calls).toHaveLength(0);
  });

  it('stops calling after a rate limit, and lets one call go first when that ends', async () => {
    simulator.failNext({ kind: 'error', code: 141009 });
    expect(await end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: 141009 });
    expect(await end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: undefined });
    expect(simulator.calls).toHaveLength(1);
    aheadMs += 1100;
    simulator.latency(100);
    expect(await Promise.all([end(), end(), end()])).toEqual(['ok', 'ok', 'ok']);
    const [probe = 0, next = 0] = simulator.calls.slice(1).map(({ at }) => at);
    expect(next - probe).toBeGreaterThanOrEqual(99);
    expect(simulator.maxInFlight).toBe(2);
  });

  it('limits for as long as two cool-downs where the call that goes first is limited', async () => {
    simulator.faultUntilReset({ kind: 'error', code: 141009 });
    const told: number[] = [];
    for (let i = 0; i < 4; i++) {
      const error = await end();
      if (error !== 'ok') told.push(Math.ceil((error.retryAfterMs ?? 0) / 1000));
      aheadMs += 1000 * 2 ** i;
    }
    expect(told).toEqual([1, 2, 4, 8]);
  });

  it('needs no cool-down where none is wanted', async () => {
    open({ minMs: 0 });
    simulator.failNext({ kind: 'error', code: 141009 });
    expect(await end()).toMatchObject({ code: 'upstream-rate-limited', retryAfterMs: 0 });
    expect(await end()).toBe('ok');
  });

  describe('where its credentials are refused', () => {
    it.each([70001, 70003, 70052, 70221, 70347, 60004, 60005])('signs again once after %i', async (code) => {
      await ask();
      simulator.refuseSignatures(code);
      expect(await end()).toBe('ok');
      expect(codes).toEqual(['0', String(code), '0']);
      expect(signed).toBe(2);
      expect(attempts).toEqual([1, 1]);
    });

    it('lets one call try the new signature, and the others wait for it', async () => {
      await ask();
      simulator.latency(50);
      simulator.refuseSignatures(70001);
      const ends = await Promise.all(Array.from({ length: 30 }, () => end()));
      expect(new Set(ends)).toEqual(new Set(['ok']));
      expect(signed).toBe(2);
      expect(codes.filter((code) => code === '70001')).toHaveLength(30);
    });

    it('asks with the signature that is good when its turn comes, not with the one from when it came', async () => {
      open({ maxRps: 2 });
      await ask();
      simulator.refuseSignatures(70001);
      const ends = await Promise.all(Array.from({ length: 5 }, () => end()));
      expect(new Set(ends)).toEqual(new Set(['ok']));
      expect(codes.filter((code) => code === '70001')).toHaveLength(1);
    });

    it('makes no storm: one call more than were under way, then none for a second', async () => {
      simulator.faultUntilReset({ kind: 'error', code: 70001 });
      simulator.latency(50);
      open({ maxRps: 10 });
      const ends = await Promise.all(Array.from({ length: 60 }, () => end()));
      for (const each of ends) expect(each).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70001 });
      expect(simulator.calls).toHaveLength(11);
      expect(signed).toBe(2);
      expect(await end()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70001 });
      expect(simulator.calls).toHaveLength(11);
    });

    it('asks one at a time after that, until it is accepted', async () => {
      simulator.latency(50);
      simulator.faultUntilReset({ kind: 'error', code: 70009 });
      await end();
      for (let second = 1; second <= 3; second++) {
        aheadMs += 1000;
        await Promise.all(Array.from({ length: 20 }, () => end()));
        expect(simulator.calls).toHaveLength(1 + second);
      }
      simulator.clearFaults();
      aheadMs += 1000;
      expect(new Set(await Promise.all(Array.from({ length: 20 }, () => end())))).toEqual(new Set(['ok']));
      expect(simulator.maxInFlight).toBeGreaterThan(10);
    });

    it('says once per refusal in the log which code it was and what to do', async () => {
      simulator.faultUntilReset({ kind: 'error', code: 60010 });
      await end();
      expect(lines).toEqual([
        expect.objectContaining({
          level: 50,
          upstreamCode: 60010,
          remedy: expect.stringContaining('DESK_IDENTIFIER'),
        }),
      ]);
    });

    it('ends in 503 for a minute after a lockout', async () => {
      simulator.failNext({ kind: 'error', code: 70050 });
      expect(await end()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70050 });
      aheadMs += 30_000;
      const error = await end();
      expect(error).toMatchObject({ code: 'unavailable', upstreamCode: undefined });
      expect(error !== 'ok' && error.retryAfterMs).toBeLessThanOrEqual(30_000);
      expect(error !== 'ok' && error.retryAfterMs).toBeGreaterThan(29_000);
      aheadMs += 30_000;
      expect(await end()).toBe('ok');
    });

    it('waits no longer than the deadline for another call that tries the new signature', async () => {
      open({ attemptTimeoutMs: 2000 });
      await ask();
      simulator.refuseSignatures(70001);
      simulator.failNext({ kind: 'hang' }, { skip: 2 });
      const slow = end(SESSION, 2500);
      const quick = end(SESSION, 400);
      const before = Date.now();
      expect(await quick).toMatchObject({ code: 'upstream-timeout' });
      expect(Date.now() - before).toBeLessThan(1500);
      await slow;
    });
  });

  describe('and its breaker', () => {
    const failTimes = async (times: number, fault: Fault = { kind: 'error', code: 141002 }) => {
      simulator.faultUntilReset(fault);
      await Promise.all(Array.from({ length: times }, () => end()));
      simulator.clearFaults();
    };
    const isOpen = async () => {
      const error = await end();
      return error !== 'ok' && error.code === 'unavailable';
    };

    it('does not count calls that were cut off by the end of a long wait for their turn', async () => {
      open();
      simulator.faultUntilReset({ kind: 'hang' });
      const ends = await Promise.all(Array.from({ length: 20 }, () => end(SESSION, 150)));
      for (const error of ends) expect(error).toMatchObject({ code: 'upstream-timeout' });
      simulator.clearFaults();
      expect(await isOpen()).toBe(false);
    });

    it('does not count requests whose readers left between two attempts', async () => {
      simulator.faultUntilReset({ kind: 'error', code: 141002 });
      for (let i = 0; i < 12; i++) {
        const reader = new AbortController();
        const ending = end(SESSION, 10_000, reader.signal);
        // Bounded: an open breaker lets no call through.
        for (let tries = 0; simulator.calls.length === i && tries < 100; tries++) await sleep(5);
        reader.abort();
        expect(await ending).toBeInstanceOf(DeskAbandonedError);
      }
      expect(codes).toHaveLength(12);
      simulator.clearFaults();
      expect(await isOpen()).toBe(false);
    });

    it.each<[string, Fault]>([
      ['a transient code', { kind: 'error', code: 141002 }],
      ['HTTP 5xx', { kind: 'status', status: 503 }],
      ['network failures', { kind: 'reset' }],
      ['time-outs', { kind: 'hang' }],
    ])('opens after ten requests that ended in %s, whatever their attempts', async (_what, fault) => {
      open({ attemptTimeoutMs: 100 });
      await failTimes(9, fault);
      expect(codes).toHaveLength(27);
      expect(await isOpen()).toBe(false);
      await failTimes(9, fault);
      expect(await isOpen()).toBe(false);
      await failTimes(10, fault);
      const error = await end();
      expect(error).toMatchObject({ code: 'unavailable', upstreamCode: undefined });
      expect(error !== 'ok' && error.retryAfterMs).toBeGreaterThan(1000);
    });

    it('opens after ten connections that were refused', async () => {
      open({ baseUrl: 'http://127.0.0.1:1' });
      for (let i = 0; i < 10; i++) expect(await end()).toMatchObject({ code: 'upstream-failed' });
      expect(await isOpen()).toBe(true);
    });

    it.each([141004, 141010, 123456, 60010, 141009, 70001])('begins anew at an answer of %i', async (code) => {
      await failTimes(9);
      simulator.faultUntilReset({ kind: 'error', code });
      await end();
      simulator.clearFaults();
      aheadMs += 1100;
      await failTimes(1);
      expect(await isOpen()).toBe(false);
    });

    it.each<[string, Fault]>([
      ['a broken answer', { kind: 'truncated' }],
      ['HTTP 404', { kind: 'status', status: 404 }],
    ])('neither counts nor forgets at %s', async (_what, fault) => {
      await failTimes(9);
      await failTimes(3, fault);
      await failTimes(1);
      expect(await isOpen()).toBe(true);
    });

    it('does not count requests that never reached the desk', async () => {
      await failTimes(9);
      turnstile.close();
      await end();
      await end();
      expect(await end()).toMatchObject({ code: 'unavailable', retryAfterMs: 1000, message: 'shutting down' });
    });

    it('lets one call through after 2 s, and closes when it succeeds', async () => {
      await failTimes(10);
      expect(await isOpen()).toBe(true);
      aheadMs += 2000;
      simulator.latency(50);
      simulator.forgetCalls();
      const ends = await Promise.all([end(), end(), end()]);
      expect(ends.filter((each) => each === 'ok')).toHaveLength(1);
      expect(simulator.calls).toHaveLength(1);
      expect(await end()).toBe('ok');
    });
  });

  it('never has more than 100 calls under way, and times none out for waiting behind others', async () => {
    simulator.latency(400);
    const ends = await Promise.all(Array.from({ length: 400 }, () => end()));
    expect(new Set(ends)).toEqual(new Set(['ok']));
    expect(simulator.maxInFlight).toBe(100);
  });
});

function parsed(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  return { ...(typeof value === 'object' ? value : undefined) };
}
