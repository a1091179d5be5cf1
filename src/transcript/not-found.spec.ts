import { describe, expect, it } from '@jest/globals';
import { Rig } from '../../test/transcripts-rig.js';

describe('a session that does not exist', () => {
  it('is remembered for CACHE_NOT_FOUND_MS, and replaces what was held', async () => {
    const rig = new Rig({ count: 26 });
    await rig.read();
    rig.desk.isGone = true;
    await expect(rig.read({}, { noCache: true })).rejects.toMatchObject({ code: 'session-not-found' });
    rig.time += rig.policy.notFoundMs - 1;
    await expect(rig.read()).rejects.toMatchObject({ code: 'session-not-found' });
    expect(rig.desk.calls).toHaveLength(2);
    rig.desk.isGone = false;
    rig.time += 1;
    expect((await rig.read()).outcome).toBe('miss');
  });

  it('is one call for 100 callers', async () => {
    const rig = new Rig({ count: 26 });
    rig.desk.isGone = true;
    await Promise.allSettled(Array.from({ length: 100 }, () => rig.read()));
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('is found by a background refresh, and nobody gets the stale page after that', async () => {
    const rig = new Rig({ count: 26 });
    const { lifetimeMs } = (await rig.read()).view;
    rig.desk.isGone = true;
    rig.time += lifetimeMs;
    expect((await rig.read()).outcome).toBe('stale');
    await new Promise((resolve) => setImmediate(resolve));
    await expect(rig.read()).rejects.toMatchObject({ code: 'session-not-found' });
  });
});
