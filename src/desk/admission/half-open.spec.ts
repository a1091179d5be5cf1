import { describe, expect, it } from '@jest/globals';
import { RedisLink } from '../../redis/redis-link.js';
import { HalfOpen } from './half-open.js';

describe('HalfOpen, in one replica', () => {
  it('is given to one caller, and to the next when the first gives it back', async () => {
    const probe = new HalfOpen(new RedisLink(undefined), 'desk', 4500, () => 0);
    expect(await Promise.all([probe.claim(), probe.claim(), probe.claim()])).toEqual([true, false, false]);
    await probe.release();
    expect(await probe.claim()).toBe(true);
  });

  it('expires by itself', async () => {
    let now = 0;
    const probe = new HalfOpen(new RedisLink(undefined), 'desk', 4500, () => now);
    await probe.claim();
    now = 4499;
    expect(await probe.claim()).toBe(false);
    now = 4500;
    expect(await probe.claim()).toBe(true);
  });
});
