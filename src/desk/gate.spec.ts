import { beforeEach, describe, expect, it } from '@jest/globals';
import { RedisLink } from '../redis/redis-link.js';
import { CoolDown } from './cool-down.js';
import { DeskRateLimitedError, DeskRejectedError } from './desk-error.js';
import { Gate, type Pass } from './gate.js';
import { Probe } from './probe.js';
import { Quota } from './quota.js';
import { RefusalPause } from './refusal-pause.js';

describe('Gate', () => {
  let now: number;
  let random: number;
  let gate: Gate;

  beforeEach(() => {
    now = 1_000_000;
    random = 0;
    const redis = new RedisLink(undefined);
    const clock = () => now;
    gate = new Gate({
      quota: new Quota(redis, 'desk', 3, clock),
      coolDown: new CoolDown(redis, 'desk', { minMs: 1000, maxMs: 60_000 }, clock),
      refusals: new RefusalPause(redis, 'desk', clock),
      probe: new Probe(redis, 'desk', 4500, clock),
      random: () => random,
    });
  });

  const pass = async (): Promise<Pass> => {
    const admittance = await gate.admit();
    if (admittance.kind !== 'pass') throw new Error(`the gate said ${admittance.kind}`);
    return admittance.pass;
  };
  const shut = async () => {
    const admittance = await gate.admit();
    if (admittance.kind !== 'shut') throw new Error(`the gate said ${admittance.kind}`);
    return admittance.error();
  };

  it('lets the quota of a second through, and says when there will be more', async () => {
    for (let i = 0; i < 3; i++) await pass();
    now += 50;
    expect(await gate.admit()).toEqual({ kind: 'wait', ms: 1000 });
    now += 1000;
    await pass();
  });

  it('is shut during a cool-down, with its rest', async () => {
    const error = await gate.limited(await pass(), 141009);
    expect(error).toMatchObject({ upstreamCode: 141009, retryAfterMs: 1000 });
    now += 400;
    const shutError = await shut();
    expect(shutError).toBeInstanceOf(DeskRateLimitedError);
    expect(shutError).toMatchObject({ upstreamCode: undefined, retryAfterMs: 600 });
  });

  it('takes nothing out of the quota for those it turns away', async () => {
    await gate.limited(await pass());
    for (let i = 0; i < 10; i++) await shut();
    now += 1000;
    expect((await pass()).isProbe).toBe(true);
  });

  it('lengthens the rest by up to a fifth, for everybody by another part, and leaves the cool-down as it is', async () => {
    await gate.limited(await pass());
    const admittance = await gate.admit();
    const told = [0, 0.5, 1].map((part) => {
      random = part;
      return admittance.kind === 'shut' && admittance.error().retryAfterMs;
    });
    expect(told).toEqual([1000, 1100, 1200]);
    now += 1000;
    expect((await gate.admit()).kind).toBe('pass');
  });

  it('lets one call go first after a cool-down, and the others when it was answered', async () => {
    await gate.limited(await pass());
    now += 1100;
    const first = await pass();
    expect(first.isProbe).toBe(true);
    expect(await gate.admit()).toEqual({ kind: 'wait', ms: 20 });
    await gate.answered(first);
    expect((await pass()).isProbe).toBe(false);
  });

  it('lets the next go first where the first call had no answer', async () => {
    await gate.limited(await pass());
    now += 1100;
    await gate.undecided(await pass());
    expect((await pass()).isProbe).toBe(true);
  });

  it('doubles the cool-down when the call that went first is limited', async () => {
    await gate.limited(await pass());
    now += 1100;
    expect(await gate.limited(await pass(), 60007)).toMatchObject({ retryAfterMs: 2000 });
    now += 2000;
    expect((await pass()).isProbe).toBe(true);
  });

  it('does not keep the right to go first where the quota is spent', async () => {
    const [limited] = [await pass(), await pass(), await pass()];
    now += 10;
    const error = await gate.limited(limited);
    expect(error.retryAfterMs).toBe(1000);
    now += 1000;
    expect(await gate.admit()).toEqual({ kind: 'wait', ms: 40 });
    now += 40;
    expect((await pass()).isProbe).toBe(true);
  });

  it('is shut for a second after a refusal, whatever else is open', async () => {
    await pass();
    await gate.refused(70009);
    expect(gate.isDoubted).toBe(true);
    const error = await shut();
    expect(error).toBeInstanceOf(DeskRejectedError);
    expect(error).toMatchObject({ upstreamCode: 70009, retryAfterMs: 1000 });
    now += 1000;
    await pass();
    gate.accepted();
    expect(gate.isDoubted).toBe(false);
  });

  it('is shut for a minute after a lockout', async () => {
    await gate.lockedOut();
    expect(await shut()).toMatchObject({ code: 'unavailable', retryAfterMs: 60_000 });
  });
});
