import { describe, expect, it } from '@jest/globals';
import { RedisLink } from '../../redis/redis-link.js';
import { Quota } from './quota.js';

describe('Quota, without Redis configured', () => {
  it('allows the whole quota, and no window exceeds it', async () => {
    let now = 0;
    const quota = new Quota(new RedisLink(undefined), 'desk', 20, () => now);
    const allowed: number[] = [];
    for (now = 0; now < 5000; now += 3) if ((await quota.take()) === 0) allowed.push(now);
    expect(allowed.filter((at) => at < 1000)).toHaveLength(20);
    for (const [index, at] of allowed.entries()) {
      expect((allowed[index + 20] ?? Infinity) - at).toBeGreaterThan(1000);
    }
  });

  it('tells how long to wait', async () => {
    const quota = new Quota(new RedisLink(undefined), 'desk', 1, () => 0);
    await quota.take();
    expect(await quota.take()).toBe(1050);
  });
});
