import { describe, expect, it } from '@jest/globals';
import { type Fault } from '../../simulator/fault.js';
import { type Simulator } from '../../simulator/simulator.js';
import { DeskRig, SESSION, simulateDesk } from '../../test/desk-rig.js';
import { freePort } from '../../test/free-port.js';

describe('Desk', () => {
  let simulator: Simulator;
  let rig: DeskRig;

  simulateDesk((started, fresh) => {
    simulator = started;
    rig = fresh;
  });

  const gaps = () => simulator.calls.slice(1).map(({ at }, index) => at - (simulator.calls[index]?.at ?? 0));

  it('answers with the page and the time of the call', async () => {
    const before = Date.now();
    const reply = await rig.ask();
    expect(reply.answer.total).toBe(26);
    expect(reply.answer.messages).toHaveLength(20);
    expect(reply.askedAt).toBeGreaterThanOrEqual(before);
    expect(rig.attempts).toEqual([1]);
    expect(rig.codes).toEqual(['0']);
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
    rig = new DeskRig(simulator, { attemptTimeoutMs: code === 'timeout' ? 700 : 4000 });
    simulator.failNext(fault);
    await rig.ask();
    expect(rig.codes).toEqual([code, '0']);
    expect(rig.attempts).toEqual([2]);
  });

  it.each(passing)('makes three attempts and no more when %s lasts', async (_name, fault, code) => {
    rig = new DeskRig(simulator, { attemptTimeoutMs: code === 'timeout' ? 200 : 4000 });
    simulator.faultUntilReset(fault);
    const error = await rig.end();
    expect(error).toMatchObject({ code: code === 'timeout' ? 'upstream-timeout' : 'upstream-failed' });
    expect(error).toMatchObject({ upstreamCode: /^\d+$/.test(code) ? Number(code) : undefined });
    expect(rig.codes).toEqual([code, code, code]);
  });

  it.each([0, 1])(
    'pauses 50–100 ms, then 100–200 ms (random %d), and calls with another random number',
    async (random) => {
      rig = new DeskRig(simulator, { random });
      simulator.faultUntilReset({ kind: 'error', code: 141002 });
      await rig.end();
      expect(rig.pauses).toEqual([50 * (1 + random), 100 * (1 + random)]);
      const [first = 0, second = 0] = gaps();
      expect(first).toBeGreaterThanOrEqual(49 * (1 + random));
      expect(second).toBeGreaterThanOrEqual(99 * (1 + random));
      expect(new Set(simulator.calls.map((call) => call.random)).size).toBe(3);
    },
  );

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
  ])('calls once when the answer is %i: %s', async (upstreamCode, code) => {
    simulator.failNext({ kind: 'error', code: upstreamCode });
    expect(await rig.end()).toMatchObject({ code, upstreamCode });
    expect(simulator.calls).toHaveLength(1);
  });

  it.each([301, 400, 404, 429])('calls once at HTTP %i', async (status) => {
    simulator.failNext({ kind: 'status', status });
    const code = status === 429 ? 'upstream-rate-limited' : 'upstream-failed';
    expect(await rig.end()).toMatchObject({ code, upstreamCode: undefined });
    expect(simulator.calls).toHaveLength(1);
  });

  it('calls once when the connection is refused', async () => {
    rig = new DeskRig(simulator, { baseUrl: `http://127.0.0.1:${await freePort()}` });
    expect(await rig.end()).toMatchObject({ code: 'upstream-failed' });
    expect(rig.codes).toEqual(['network']);
  });

  it('reports the failure itself, not a timeout, when the deadline leaves no room for another attempt', async () => {
    // Pauses of 550 and 1,100 ms: wide enough that a busy machine does not decide the test.
    rig = new DeskRig(simulator, { random: 10 });
    simulator.faultUntilReset({ kind: 'error', code: 141002 });
    expect(await rig.end(SESSION, 1500)).toMatchObject({ code: 'upstream-failed', upstreamCode: 141002 });
    expect(rig.codes).toEqual(['141002', '141002']);
    expect(rig.pauses).toEqual([550]);
  });

  it.each(['hang', 'stall', 'drip'] as const)('gives up at the deadline when the desk %ss', async (kind) => {
    simulator.faultUntilReset({ kind });
    const before = Date.now();
    expect(await rig.end(SESSION, 300)).toMatchObject({ code: 'upstream-timeout' });
    expect(Date.now() - before).toBeGreaterThanOrEqual(295);
    expect(rig.codes).toEqual(['timeout']);
  });

  it('does not call after the deadline', async () => {
    expect(await rig.end(SESSION, 0)).toMatchObject({ code: 'upstream-timeout' });
    expect(simulator.calls).toHaveLength(0);
  });

  it('stops calling after a rate limit, and sends one trial call after it', async () => {
    simulator.failNext({ kind: 'error', code: 141009 });
    expect(await rig.end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: 141009 });
    expect(await rig.end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: undefined });
    expect(simulator.calls).toHaveLength(1);
    rig.aheadMs += 1100;
    simulator.latency(100);
    expect(await Promise.all([rig.end(), rig.end(), rig.end()])).toEqual(['ok', 'ok', 'ok']);
    const [probe = 0, next = 0] = simulator.calls.slice(1).map(({ at }) => at);
    expect(next - probe).toBeGreaterThanOrEqual(99);
    expect(simulator.maxInFlight).toBe(2);
  });

  it('stops for two cool-downs when the trial call is limited', async () => {
    simulator.faultUntilReset({ kind: 'error', code: 141009 });
    const retryAfter: number[] = [];
    for (let i = 0; i < 4; i++) {
      const error = await rig.end();
      if (error !== 'ok') retryAfter.push(Math.ceil((error.retryAfterMs ?? 0) / 1000));
      rig.aheadMs += 1000 * 2 ** i;
    }
    expect(retryAfter).toEqual([1, 2, 4, 8]);
  });

  it('has no cool-down when it is set to 0', async () => {
    rig = new DeskRig(simulator, { minMs: 0 });
    simulator.failNext({ kind: 'error', code: 141009 });
    expect(await rig.end()).toMatchObject({ code: 'upstream-rate-limited', retryAfterMs: 0 });
    expect(await rig.end()).toBe('ok');
  });

  it('never has more than 100 calls in flight, and times none out for waiting behind others', async () => {
    simulator.latency(400);
    const ends = await Promise.all(Array.from({ length: 400 }, () => rig.end()));
    expect(new Set(ends)).toEqual(new Set(['ok']));
    expect(simulator.maxInFlight).toBe(100);
  });
});
