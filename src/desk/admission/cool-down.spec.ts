import { beforeEach, describe, expect, it } from '@jest/globals';
import { coolDownOf } from '../../../test/admission-rig.js';
import { type CoolDown } from './cool-down.js';

describe('CoolDown, in one replica', () => {
  let now: number;
  let coolDown: CoolDown;
  const create = (minMs: number) => coolDownOf({ minMs, now: () => now });
  /** What a call is admitted with; it may be limited later. */
  const sent = async () => {
    const state = await coolDown.check();
    if (state.kind === 'closed') throw new Error('nobody calls now');
    return state.seen;
  };

  beforeEach(() => {
    now = 1_000_000;
    coolDown = create(1000);
  });

  it('admits calls while the desk limits nothing', async () => {
    expect(await coolDown.check()).toMatchObject({ kind: 'open' });
    expect(coolDown.remainingMs()).toBe(0);
  });

  it('stops all calls for the minimum after the first limit, and tells the remaining time', async () => {
    expect(await coolDown.limited(await sent())).toBe(1000);
    now += 300;
    expect(await coolDown.check()).toEqual({ kind: 'closed' });
    expect(coolDown.remainingMs()).toBe(700);
  });

  it('is not extended by answers to calls that were sent before it began', async () => {
    const early = [await sent(), await sent(), await sent()];
    await coolDown.limited(await sent());
    now += 400;
    for (const seen of early) expect(await coolDown.limited(seen)).toBe(600);
    now += 600;
    expect(await coolDown.check()).toMatchObject({ kind: 'half-open' });
  });

  it('is not doubled by a late answer to a call that was sent before it began', async () => {
    const early = await sent();
    await coolDown.limited(await sent());
    now += 1500;
    expect(await coolDown.limited(early)).toBe(0);
    expect(await coolDown.check()).toMatchObject({ kind: 'half-open' });
  });

  it('doubles when a call that was sent after its end is limited, up to the maximum', async () => {
    const lengths: number[] = [];
    for (let i = 0; i < 8; i++) {
      lengths.push(await coolDown.limited(await sent()));
      now += coolDown.remainingMs();
    }
    expect(lengths).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('doubles once, however many calls that were sent after its end are limited', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    const seen = await sent();
    await coolDown.succeeded(seen);
    const later = [await sent(), await sent(), await sent()];
    for (const each of later) expect(await coolDown.limited(each)).toBe(2000);
  });

  it('doubles when a late trial call is limited after another one succeeded', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    const first = await sent();
    await coolDown.succeeded(await sent());
    expect(await coolDown.limited(first)).toBe(2000);
  });

  it('returns to the minimum when twice its length has passed since its end', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    await coolDown.limited(await sent());
    now += 2000 + 3999;
    expect(await coolDown.limited(await sent())).toBe(4000);
    now += 4000 + 8000;
    expect(await coolDown.limited(await sent())).toBe(1000);
  });

  it('starts at the minimum again for a call that was answered after the memory expired', async () => {
    await coolDown.limited(await sent());
    now += 2900;
    const seen = await sent();
    now += 200;
    expect(await coolDown.limited(seen)).toBe(1000);
  });

  it('asks for a trial call after its end, until one succeeds', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    const state = await coolDown.check();
    expect(state.kind).toBe('half-open');
    expect((await coolDown.check()).kind).toBe('half-open');
    if (state.kind === 'half-open') await coolDown.succeeded(state.seen);
    expect((await coolDown.check()).kind).toBe('open');
  });

  it('keeps its length when a call succeeds', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    await coolDown.succeeded(await sent());
    now += 1999;
    expect(await coolDown.limited(await sent())).toBe(2000);
  });

  it('is not proven by a call that was sent before it began', async () => {
    const early = await sent();
    await coolDown.limited(await sent());
    await coolDown.succeeded(early);
    now += 1000;
    expect((await coolDown.check()).kind).toBe('half-open');
  });

  it('never begins when the minimum is 0', async () => {
    coolDown = create(0);
    expect(await coolDown.limited(await sent())).toBe(0);
    expect((await coolDown.check()).kind).toBe('open');
    expect(await coolDown.limited(await sent())).toBe(0);
  });
});
