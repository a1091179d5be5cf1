import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { admissionControl, coolDownOf } from '../../../test/admission-rig.js';
import { DeskRateLimitedError, DeskRejectedError } from '../desk-error.js';
import { type AdmissionControl, type Permit } from './admission.js';

describe('AdmissionControl', () => {
  let now: number;
  let random: number;
  let admission: AdmissionControl;

  beforeEach(() => {
    now = 1_000_000;
    random = 0;
    admission = admissionControl({ maxRps: 3, now: () => now, random: () => random });
  });

  const permit = async (command = 'list'): Promise<Permit> => {
    const admittance = await admission.admit(command);
    if (admittance.kind !== 'permit') throw new Error(`the admission is ${admittance.kind}`);
    return admittance.permit;
  };
  const refusalOf = async (command = 'list') => {
    const admittance = await admission.admit(command);
    if (admittance.kind !== 'refused') throw new Error(`the admission is ${admittance.kind}`);
    return admittance.error();
  };
  /** The scopes of the cool-downs whose trial call this permit is. */
  const firstAfter = ({ coolDowns }: Permit) =>
    coolDowns.filter(({ isHalfOpen }) => isHalfOpen).map(({ scope }) => scope);

  it('permits as many calls as the quota allows, then tells how long to wait', async () => {
    for (let i = 0; i < 3; i++) await permit();
    now += 50;
    expect(await admission.admit('list')).toEqual({ kind: 'wait', scope: 'all', ms: 1000 });
    now += 1000;
    await permit();
  });

  it('refuses calls during a cool-down and tells the remaining time', async () => {
    const error = await admission.limited(await permit(), 'all', 60011);
    expect(error).toMatchObject({ upstreamCode: 60011, retryAfterMs: 1000 });
    now += 400;
    const later = await refusalOf();
    expect(later).toBeInstanceOf(DeskRateLimitedError);
    expect(later).toMatchObject({ upstreamCode: undefined, retryAfterMs: 600 });
  });

  it('takes nothing from the quota for refused calls', async () => {
    await admission.limited(await permit(), 'all');
    for (let i = 0; i < 10; i++) await refusalOf();
    now += 1000;
    expect(firstAfter(await permit())).toEqual(['all']);
  });

  it('adds a jitter of up to a fifth to Retry-After, another one for each caller, and keeps the cool-down unchanged', async () => {
    await admission.limited(await permit(), 'all');
    const admittance = await admission.admit('list');
    const retryAfter = [0, 0.5, 1].map((part) => {
      random = part;
      return admittance.kind === 'refused' && admittance.error().retryAfterMs;
    });
    expect(retryAfter).toEqual([1000, 1100, 1200]);
    now += 1000;
    expect((await admission.admit('list')).kind).toBe('permit');
  });

  it('sends one trial call after a cool-down, and the others once it is answered', async () => {
    await admission.limited(await permit(), 'all');
    now += 1100;
    const first = await permit();
    expect(firstAfter(first)).toEqual(['all']);
    expect(await admission.admit('list')).toEqual({ kind: 'wait', scope: 'all', ms: 20 });
    await admission.answered(first);
    expect(firstAfter(await permit())).toEqual([]);
  });

  it('sends another trial call if the first one got no answer', async () => {
    await admission.limited(await permit(), 'all');
    now += 1100;
    await admission.undecided(await permit());
    expect(firstAfter(await permit())).toEqual(['all']);
  });

  it('doubles the cool-down when the trial call is limited', async () => {
    await admission.limited(await permit(), 'all');
    now += 1100;
    expect(await admission.limited(await permit(), 'all', 60007)).toMatchObject({ retryAfterMs: 2000 });
    now += 2000;
    expect(firstAfter(await permit())).toEqual(['all']);
  });

  it('gives the trial call back when the quota is used up', async () => {
    const [limited] = [await permit(), await permit(), await permit()];
    now += 10;
    const error = await admission.limited(limited, 'all');
    expect(error.retryAfterMs).toBe(1000);
    now += 1000;
    expect(await admission.admit('list')).toEqual({ kind: 'wait', scope: 'all', ms: 40 });
    now += 40;
    expect(firstAfter(await permit())).toEqual(['all']);
  });

  it('refuses calls for a second after refused credentials, whatever the cool-downs say', async () => {
    await permit();
    await admission.refused(70009);
    expect(admission.isSuspect).toBe(true);
    const error = await refusalOf();
    expect(error).toBeInstanceOf(DeskRejectedError);
    expect(error).toMatchObject({ upstreamCode: 70009, retryAfterMs: 1000 });
    now += 1000;
    await permit();
    admission.accepted();
    expect(admission.isSuspect).toBe(false);
  });

  it('refuses calls for a minute after a lockout', async () => {
    await admission.lockedOut();
    expect(await refusalOf()).toMatchObject({ code: 'unavailable', retryAfterMs: 60_000 });
  });

  it('refuses only the limited command, with its own cool-down', async () => {
    const error = await admission.limited(await permit('list'), 'command', 141009);
    expect(error).toMatchObject({ upstreamCode: 141009, retryAfterMs: 1000 });
    expect(await admission.admit('list')).toMatchObject({ kind: 'refused', scope: 'command' });
    expect(await refusalOf('list')).toMatchObject({ upstreamCode: undefined, retryAfterMs: 1000 });
    expect(firstAfter(await permit('state'))).toEqual([]);
    now += 1100;
    expect(firstAfter(await permit('list'))).toEqual(['command']);
    expect(await admission.admit('list')).toEqual({ kind: 'wait', scope: 'command', ms: 20 });
    expect(firstAfter(await permit('state'))).toEqual([]);
  });

  it('refuses every command when the limit is about the application', async () => {
    await admission.limited(await permit('list'), 'all', 60011);
    expect(await admission.admit('state')).toMatchObject({ kind: 'refused', scope: 'all' });
    now += 1000;
    expect(firstAfter(await permit('list'))).toEqual(['all']);
    expect(await admission.admit('state')).toMatchObject({ kind: 'wait', scope: 'all' });
  });

  it('claims the trial calls of both cool-downs, and gives one back if the other is taken', async () => {
    const calls = [await permit('list'), await permit('list'), await permit('state')] as const;
    await admission.limited(calls[0], 'command', 141009);
    await admission.limited(calls[1], 'all', 60011);
    now += 1100;
    const both = await permit('list');
    expect(firstAfter(both)).toEqual(['all', 'command']);
    await admission.answered(both);
    expect(firstAfter(await permit('list'))).toEqual([]);

    await admission.limited(calls[2], 'command', 141009);
    await admission.limited(await permit('list'), 'all', 60011);
    now += 2000;
    const first = await permit('state');
    expect(firstAfter(first)).toEqual(['all', 'command']);
    await admission.undecided(first);
    expect(firstAfter(await permit('list'))).toEqual(['all']);
  });

  it('admits no call whose command began a cool-down while the trial call after another one was claimed', async () => {
    const all = coolDownOf({ now: () => now });
    admission = admissionControl({ maxRps: 3, now: () => now, coolDown: all });
    const [first, second] = [await permit('list'), await permit('list')];
    await admission.limited(first, 'all', 60011);
    now += 1100;
    const claim = all.claimHalfOpen.bind(all);
    jest.spyOn(all, 'claimHalfOpen').mockImplementationOnce(async () => {
      await admission.limited(second, 'command', 141009);
      return claim();
    });
    expect(await admission.admit('list')).toEqual({ kind: 'wait', scope: 'command', ms: 20 });
    expect(await admission.admit('list')).toMatchObject({ kind: 'refused', scope: 'command' });
    // What it had claimed was given back.
    expect(firstAfter(await permit('state'))).toEqual(['all']);
  });

  it('takes nothing from the quota for a command in its cool-down while other commands are called', async () => {
    admission = admissionControl({ maxRps: 3, minMs: 10_000, now: () => now });
    await admission.limited(await permit('list'), 'command', 141009);
    await refusalOf('list');
    now += 1100;
    for (let i = 0; i < 3; i++) {
      await refusalOf('list');
      await permit('state');
    }
  });
});
