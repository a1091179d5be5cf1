import { beforeEach, describe, expect, it } from '@jest/globals';
import { RedisLink } from '../redis/redis-link.js';
import { CoolDown } from './cool-down.js';

describe('CoolDown, kept by one replica', () => {
  let now: number;
  let coolDown: CoolDown;
  const create = (minMs: number, maxMs: number) =>
    new CoolDown(new RedisLink(undefined), 'desk', { minMs, maxMs }, () => now);
  /** What a call is let through with; it may be limited later. */
  const sent = async () => {
    const admission = await coolDown.admit();
    if (admission.kind === 'closed') throw new Error('nobody calls now');
    return admission.seen;
  };

  beforeEach(() => {
    now = 1_000_000;
    coolDown = create(1000, 60_000);
  });

  it('lets calls go while the desk limits nothing', async () => {
    expect(await coolDown.admit()).toMatchObject({ kind: 'open' });
    expect(coolDown.restMs()).toBe(0);
  });

  it('stops all calls for the minimum after the first limit, and says the true rest', async () => {
    expect(await coolDown.limited(await sent())).toBe(1000);
    now += 300;
    expect(await coolDown.admit()).toEqual({ kind: 'closed', restMs: 700 });
    expect(coolDown.restMs()).toBe(700);
  });

  it('is not extended by answers to calls that were sent before it began', async () => {
    const early = [await sent(), await sent(), await sent()];
    await coolDown.limited(await sent());
    now += 400;
    for (const seen of early) expect(await coolDown.limited(seen)).toBe(600);
    now += 600;
    expect(await coolDown.admit()).toMatchObject({ kind: 'ended' });
  });

  it('is not doubled by an answer that comes after its end to a call that was sent before it began', async () => {
    const early = await sent();
    await coolDown.limited(await sent());
    now += 1500;
    expect(await coolDown.limited(early)).toBe(0);
    expect(await coolDown.admit()).toMatchObject({ kind: 'ended' });
  });

  it('doubles at the first limited call that was sent after its end, up to the maximum', async () => {
    const lengths: number[] = [];
    for (let i = 0; i < 8; i++) {
      lengths.push(await coolDown.limited(await sent()));
      now += coolDown.restMs();
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

  it('doubles for a call that went first and is answered after another let everybody follow', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    const first = await sent();
    await coolDown.succeeded(await sent());
    expect(await coolDown.limited(first)).toBe(2000);
  });

  it('falls back to the minimum once twice its length has passed since its end', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    await coolDown.limited(await sent());
    now += 2000 + 3999;
    expect(await coolDown.limited(await sent())).toBe(4000);
    now += 4000 + 8000;
    expect(await coolDown.limited(await sent())).toBe(1000);
  });

  it('begins anew for a call that was sent while it was remembered and answered when it was not', async () => {
    await coolDown.limited(await sent());
    now += 2900;
    const seen = await sent();
    now += 200;
    expect(await coolDown.limited(seen)).toBe(1000);
  });

  it('asks for one call to go first when it ends, until one succeeds', async () => {
    await coolDown.limited(await sent());
    now += 1000;
    const admission = await coolDown.admit();
    expect(admission.kind).toBe('ended');
    expect((await coolDown.admit()).kind).toBe('ended');
    if (admission.kind === 'ended') await coolDown.succeeded(admission.seen);
    expect((await coolDown.admit()).kind).toBe('open');
  });

  it('forgets nothing of its length when a call succeeds', async () => {
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
    expect((await coolDown.admit()).kind).toBe('ended');
  });

  it('never begins where the minimum is 0', async () => {
    coolDown = create(0, 60_000);
    expect(await coolDown.limited(await sent())).toBe(0);
    expect((await coolDown.admit()).kind).toBe('open');
    expect(await coolDown.limited(await sent())).toBe(0);
  });
});
