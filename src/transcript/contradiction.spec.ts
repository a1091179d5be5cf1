import { describe, expect, it } from '@jest/globals';
import { Rig, seen, windowOf } from '../../test/transcripts-rig.js';

describe('a session that contradicts itself', () => {
  const TEN_MINUTES = 600_000;

  async function contradicted(): Promise<Rig> {
    const rig = new Rig({ count: 250 });
    rig.desk.become({ isContradictory: true });
    await rig.read({ order: 'asc', offset: 230 });
    return rig;
  }

  it('is counted, and its windows are kept as the desk answered them, without positions', async () => {
    const rig = await contradicted();
    expect(rig.contradictions).toBe(1);
    for (const order of ['asc', 'desc'] as const) {
      const window = windowOf({ order, offset: 7 });
      const before = rig.desk.calls.length;
      for (let i = 0; i < 3; i++) {
        const page = seen((await rig.read(window)).view, window);
        expect(page.rows.every((row) => row.startsWith('null'))).toBe(true);
      }
      expect(rig.desk.calls.slice(before)).toEqual([window]);
    }
    expect(rig.contradictions).toBe(1);
  });

  it('is empty beyond the total of its newest answer, without a call', async () => {
    const rig = await contradicted();
    await rig.read();
    const before = rig.desk.calls.length;
    for (const query of [
      { order: 'desc', offset: 250, limit: 20 },
      { order: 'asc', offset: 260, limit: 20 },
      { order: 'asc', after: 249, limit: 20 },
      { order: 'desc', before: 0, limit: 20 },
    ] as const) {
      const { view } = await rig.transcripts.read('session', query, {});
      expect(view).toMatchObject({ total: 250, slices: [], first: undefined });
      expect(view.newestAt).toBeDefined();
    }
    expect(rig.desk.calls.length).toBe(before);
  });

  it('names its newest message for every window', async () => {
    const rig = await contradicted();
    const newest = (await rig.read()).view.newestAt;
    expect((await rig.read({ order: 'asc', offset: 0 })).view.newestAt).toBe(newest);
  });

  it('is tried as a log again after ten minutes', async () => {
    const rig = await contradicted();
    rig.desk.become({ isContradictory: false });
    rig.time += TEN_MINUTES - 1;
    expect((await rig.read()).view.first).toBeUndefined();
    rig.time += 1;
    expect((await rig.read()).view.first).toBe(230);
    expect(rig.desk.calls.at(-1)).toEqual({ order: 'desc', offset: 0, limit: 100 });
  });

  it('keeps a window no longer than the session’s newest message allows, however old its own are', async () => {
    const rig = await contradicted();
    rig.desk.grow(1);
    await rig.read();
    expect((await rig.read({ order: 'asc', offset: 40 })).view.lifetimeMs).toBe(rig.policy.freshMinMs);
  });

  it.each([
    [
      'total above the number of messages',
      (rig: Rig) => {
        rig.desk.become({ totalError: 3 });
      },
    ],
    [
      'total below the number of messages',
      (rig: Rig) => {
        rig.desk.become({ totalError: -3 });
      },
    ],
  ])('is one with a %s', async (_, change) => {
    const rig = new Rig({ count: 26 });
    await rig.read();
    change(rig);
    await rig.read({}, { noCache: true });
    expect(rig.contradictions).toBe(1);
  });

  it('is one whose two orders do not match where they meet', async () => {
    const rig = new Rig({ count: 230 });
    await rig.read({ order: 'asc', offset: 0, limit: 100 });
    rig.desk.become({ isContradictory: true });
    await rig.read({ order: 'desc', offset: 200, limit: 30 });
    expect(rig.contradictions).toBe(1);
  });
});
