import { describe, expect, it } from '@jest/globals';
import { type Simulator } from '../../simulator/simulator.js';
import { DeskRig, SESSION, simulateDesk } from '../../test/desk-rig.js';

describe('A desk that refuses the credentials', () => {
  let simulator: Simulator;
  let rig: DeskRig;

  simulateDesk((started, fresh) => {
    simulator = started;
    rig = fresh;
  });

  it.each([70001, 70003, 70052, 70221, 70347, 60004, 60005])('signs again once after %i', async (code) => {
    await rig.ask();
    simulator.refuseSignatures(code);
    expect(await rig.end()).toBe('ok');
    expect(rig.codes).toEqual(['0', String(code), '0']);
    expect(rig.signed).toBe(2);
    expect(rig.attempts).toEqual([1, 1]);
  });

  it('lets one call try the new signature, and the others wait for the verdict', async () => {
    await rig.ask();
    simulator.latency(50);
    simulator.refuseSignatures(70001);
    const ends = await Promise.all(Array.from({ length: 30 }, () => rig.end()));
    expect(new Set(ends)).toEqual(new Set(['ok']));
    expect(rig.signed).toBe(2);
    expect(rig.codes.filter((code) => code === '70001')).toHaveLength(30);
  });

  it('uses the signature that is current when the call is sent, not the one when it was queued', async () => {
    rig = new DeskRig(simulator, { maxRps: 2 });
    await rig.ask();
    simulator.refuseSignatures(70001);
    const ends = await Promise.all(Array.from({ length: 5 }, () => rig.end()));
    expect(new Set(ends)).toEqual(new Set(['ok']));
    expect(rig.codes.filter((code) => code === '70001')).toHaveLength(1);
  });

  it('sends one more call than were in flight, then none for a second', async () => {
    simulator.faultUntilReset({ kind: 'error', code: 70001 });
    simulator.latency(50);
    rig = new DeskRig(simulator, { maxRps: 10 });
    const ends = await Promise.all(Array.from({ length: 60 }, () => rig.end()));
    for (const each of ends) expect(each).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70001 });
    expect(simulator.calls).toHaveLength(11);
    expect(rig.signed).toBe(2);
    expect(await rig.end()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70001 });
    expect(simulator.calls).toHaveLength(11);
  });

  it('sends one call at a time after that, until one is accepted', async () => {
    simulator.latency(50);
    simulator.faultUntilReset({ kind: 'error', code: 70009 });
    await rig.end();
    for (let second = 1; second <= 3; second++) {
      rig.aheadMs += 1000;
      await Promise.all(Array.from({ length: 20 }, () => rig.end()));
      expect(simulator.calls).toHaveLength(1 + second);
    }
    simulator.clearFaults();
    rig.aheadMs += 1000;
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => rig.end())))).toEqual(new Set(['ok']));
    expect(simulator.maxInFlight).toBeGreaterThan(10);
  });

  it('logs once per refusal which code it was and what to do', async () => {
    simulator.faultUntilReset({ kind: 'error', code: 60010 });
    await rig.end();
    expect(rig.lines).toEqual([
      expect.objectContaining({
        level: 50,
        upstreamCode: 60010,
        remedy: expect.stringContaining('DESK_IDENTIFIER'),
      }),
    ]);
  });

  it('ends in 503 for a minute after a lockout', async () => {
    simulator.failNext({ kind: 'error', code: 70050 });
    expect(await rig.end()).toMatchObject({ code: 'upstream-rejected', upstreamCode: 70050 });
    rig.aheadMs += 30_000;
    const error = await rig.end();
    expect(error).toMatchObject({ code: 'unavailable', upstreamCode: undefined });
    expect(error !== 'ok' && error.retryAfterMs).toBeLessThanOrEqual(30_000);
    expect(error !== 'ok' && error.retryAfterMs).toBeGreaterThan(29_000);
    rig.aheadMs += 30_000;
    expect(await rig.end()).toBe('ok');
  });

  it('waits no longer than the deadline for another call that tries the new signature', async () => {
    rig = new DeskRig(simulator, { attemptTimeoutMs: 2000 });
    await rig.ask();
    simulator.refuseSignatures(70001);
    simulator.failNext({ kind: 'hang' }, { skip: 2 });
    const slow = rig.end(SESSION, 2500);
    const quick = rig.end(SESSION, 400);
    const before = Date.now();
    expect(await quick).toMatchObject({ code: 'upstream-timeout' });
    expect(Date.now() - before).toBeLessThan(1500);
    await slow;
  });
});
