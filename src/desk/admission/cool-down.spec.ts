import { beforeEach, describe, expect, it } from '@jest/globals';
import { coolDownOf } from '../../../test/admission-rig.js';
import { type CoolDown } from './cool-down.js';

describe('CoolDown, in one replica', () => {
  let now: number;
  let coolDown: CoolDown;
  const create = (minMs: number) => coolDownOf({ minMs, now: () => now });
  /** What a call is admitted with; it may be limited later. */
  const sent = () => {
    const state = coolDown.state;
    if (state.kind === 'active') throw new Error('nobody calls now');
    return state.seen;
  };

  beforeEach(() => {
    now = 1_000_000;
    coolDown = create(1000);
  });

  it('admits calls while the desk limits nothing', () => {
    expect(coolDown.state).toMatchObject({ kind: 'none' });
    expect(coolDown.remainingMs()).toBe(0);
  });

  it('stops all calls for the minimum after the first limit, and tells the remaining time', async () => {
    expect(await coolDown.limited(sent())).toBe(1000);
    now += 300;
    expect(coolDown.state).toEqual({ kind: 'active' });
    expect(coolDown.remainingMs()).toBe(700);
  });

  it('is not extended by answers to calls that were sent before it began', async () => {
    const early = [sent(), sent(), sent()];
    await coolDown.limited(sent());
    now += 400;
    for (const seen of early) expect(await coolDown.limited(seen)).toBe(600);
    now += 600;
    expect(coolDown.state).toMatchObject({ kind: 'half-open' });
  });

  it('is not doubled by a late answer to a call that was sent before it began', async () => {
    const early = sent();
    await coolDown.limited(sent());
    now += 1500;
    expect(await coolDown.limited(early)).toBe(0);
    expect(coolDown.state).toMatchObject({ kind: 'half-open' });
  });

  it('doubles when a call that was sent after its end is limited, up to the maximum', async () => {
    const lengths: number[] = [];
    for (let i = 0; i < 8; i++) {
      lengths.push(await coolDown.limited(sent()));
      now += coolDown.remainingMs();
    }
    expect(lengths).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('doubles once, however many calls that were sent after its end are limited', async () => {
    await coolDown.limited(sent());
    now += 1000;
    const seen = sent();
    await coolDown.succeeded(seen);
    const later = [sent(), sent(), sent()];
    for (const each of later) expect(await coolDown.limited(each)).toBe(2000);
  });

  it('doubles when a late trial call is limited after another one succeeded', async () => {
    await coolDown.limited(sent());
    now += 1000;
    const first = sent();
    await coolDown.succeeded(sent());
    expect(await coolDown.limited(first)).toBe(2000);
  });

  it('returns to the minimum when twice its length has passed since its end', async () => {
    await coolDown.limited(sent());
    now += 1000;
    await coolDown.limited(sent());
    now += 2000 + 3999;
    expect(await coolDown.limited(sent())).toBe(4000);
    now += 4000 + 8000;
    expect(await coolDown.limited(sent())).toBe(1000);
  });

  it('starts at the minimum again for a call that was answered after the memory expired', async () => {
    await coolDown.limited(sent());
    now += 2900;
    const seen = sent();
    now += 200;
    expect(await coolDown.limited(seen)).toBe(1000);
  });

  it('asks for a trial call after its end, until one succeeds', async () => {
    await coolDown.limited(sent());
    now += 1000;
    const state = coolDown.state;
    expect(state.kind).toBe('half-open');
    expect(coolDown.state.kind).toBe('half-open');
    if (state.kind === 'half-open') await coolDown.succeeded(state.seen);
    expect(coolDown.state.kind).toBe('none');
  });

  it('keeps its length when a call succeeds', async () => {
    await coolDown.limited(sent());
    now += 1000;
    await coolDown.succeeded(sent());
    now += 1999;
    expect(await coolDown.limited(sent())).toBe(2000);
  });

  it('is not proven by a call that was sent before it began', async () => {
    const early = sent();
    await coolDown.limited(sent());
    await coolDown.succeeded(early);
    now += 1000;
    expect(coolDown.state.kind).toBe('half-open');
  });

  it('never begins when the minimum is 0', async () => {
    coolDown = create(0);
    expect(await coolDown.limited(sent())).toBe(0);
    expect(coolDown.state.kind).toBe('none');
    expect(await coolDown.limited(sent())).toBe(0);
  });
});
