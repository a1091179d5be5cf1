import { describe, expect, it } from '@jest/globals';
import { type Fault } from '../../simulator/fault.js';
import { type Simulator } from '../../simulator/simulator.js';
import { DeskRig, SESSION, simulateDesk } from '../../test/desk-rig.js';
import { freePort } from '../../test/free-port.js';

describe('A desk that keeps failing', () => {
  let simulator: Simulator;
  let rig: DeskRig;

  simulateDesk((started, fresh) => {
    simulator = started;
    rig = fresh;
  });

  const failTimes = async (times: number, fault: Fault = { kind: 'error', code: 141002 }) => {
    simulator.faultUntilReset(fault);
    await Promise.all(Array.from({ length: times }, () => rig.end()));
    simulator.clearFaults();
  };
  const isOpen = async () => {
    const error = await rig.end();
    return error !== 'ok' && error.code === 'unavailable';
  };

  it('does not count calls that were cut off by the end of a long wait for their turn', async () => {
    simulator.faultUntilReset({ kind: 'hang' });
    const ends = await Promise.all(Array.from({ length: 20 }, () => rig.end(SESSION, 150)));
    for (const error of ends) expect(error).toMatchObject({ code: 'upstream-timeout' });
    simulator.clearFaults();
    expect(await isOpen()).toBe(false);
  });

  it.each<[string, Fault]>([
    ['a transient code', { kind: 'error', code: 141002 }],
    ['HTTP 5xx', { kind: 'status', status: 503 }],
    ['network failures', { kind: 'reset' }],
    ['time-outs', { kind: 'hang' }],
  ])('opens after ten requests that ended in %s, whatever the number of attempts', async (_what, fault) => {
    rig = new DeskRig(simulator, { attemptTimeoutMs: 100 });
    await failTimes(9, fault);
    expect(rig.codes).toHaveLength(27);
    expect(await isOpen()).toBe(false);
    await failTimes(9, fault);
    expect(await isOpen()).toBe(false);
    await failTimes(10, fault);
    const error = await rig.end();
    expect(error).toMatchObject({ code: 'unavailable', upstreamCode: undefined });
    expect(error !== 'ok' && error.retryAfterMs).toBeGreaterThan(1000);
  });

  it('opens after ten refused connections', async () => {
    rig = new DeskRig(simulator, { baseUrl: `http://127.0.0.1:${await freePort()}` });
    for (let i = 0; i < 10; i++) expect(await rig.end()).toMatchObject({ code: 'upstream-failed' });
    expect(await isOpen()).toBe(true);
  });

  it.each([141004, 141010, 123456, 60010, 141009, 70001])('starts counting again at an answer of %i', async (code) => {
    await failTimes(9);
    simulator.faultUntilReset({ kind: 'error', code });
    await rig.end();
    simulator.clearFaults();
    rig.aheadMs += 1100;
    await failTimes(1);
    expect(await isOpen()).toBe(false);
  });

  it.each<[string, Fault]>([
    ['a broken answer', { kind: 'truncated' }],
    ['HTTP 404', { kind: 'status', status: 404 }],
  ])('neither counts nor resets at %s', async (_what, fault) => {
    await failTimes(9);
    await failTimes(3, fault);
    await failTimes(1);
    expect(await isOpen()).toBe(true);
  });

  it('does not count requests that never reached the desk', async () => {
    await failTimes(9);
    rig.queue.close();
    await rig.end();
    await rig.end();
    expect(await rig.end()).toMatchObject({ code: 'unavailable', retryAfterMs: 1000, message: 'shutting down' });
  });

  it('admits one call after 2 s, and closes when it succeeds', async () => {
    await failTimes(10);
    expect(await isOpen()).toBe(true);
    rig.aheadMs += 2000;
    simulator.latency(50);
    simulator.forgetCalls();
    const ends = await Promise.all([rig.end(), rig.end(), rig.end()]);
    expect(ends.filter((each) => each === 'ok')).toHaveLength(1);
    expect(simulator.calls).toHaveLength(1);
    expect(await rig.end()).toBe('ok');
  });
});
