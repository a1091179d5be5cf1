import { describe, expect, it } from '@jest/globals';
import { expected, Rig, seen, windowOf } from '../../test/transcripts-rig.js';
import { type Window } from './query.js';

async function expectDeskAnswer(rig: Rig, change: Partial<Window>): Promise<void> {
  const window = windowOf(change);
  const { view } = await rig.read(window);
  expect(seen(view, window)).toEqual(expected(rig.desk.state, window, view.first !== undefined));
}

describe('two answers about the same messages', () => {
  it('use the newer one: an edit that was seen is not undone', async () => {
    const rig = new Rig({ count: 150 });
    await rig.read();
    rig.time += 1;
    rig.desk.edit(60, 'edited');
    await expectDeskAnswer(rig, { order: 'asc', offset: 60 });
    await expectDeskAnswer(rig, { order: 'asc', offset: 130 });
    await expectDeskAnswer(rig, { order: 'asc', offset: 60 });
    await expectDeskAnswer(rig, { order: 'desc', offset: 80 });
  });

  it('are not joined by a total that was right before the session grew by more than the head shows', async () => {
    const rig = new Rig({ count: 250 });
    await rig.walk('asc', 50);
    rig.time += rig.policy.sealedMs;
    rig.desk.grow(150);
    rig.desk.become({ totalError: 5 });
    await expectDeskAnswer(rig, { order: 'desc', offset: 0 });
    await expectDeskAnswer(rig, { order: 'asc', offset: 310 });
    await expectDeskAnswer(rig, { order: 'asc', offset: 10 });
  });

  it('keep the blocks counted from the start when the session grew by more than the head shows', async () => {
    const rig = new Rig({ count: 300 });
    await rig.walk('asc', 100);
    rig.time += 400_000;
    rig.desk.grow(150);
    expect(await rig.callsOf(() => rig.read({ order: 'asc', offset: 0, limit: 100 }))).toBe(1);
  });

  it('that cannot be joined, since the session grows with each call, still tell its newest message', async () => {
    const rig = new Rig({ count: 350 });
    const growth = () => {
      rig.desk.grow(1);
    };
    rig.desk.meanwhile.push(...Array<typeof growth>(10).fill(growth));
    rig.time += 1;
    const { view } = await rig.read({ order: 'desc', offset: 150 });
    expect(rig.desk.calls.at(-1)).toEqual({ order: 'desc', offset: 150, limit: 20 });
    expect(view.newestAt).toBe(rig.time);
  });
});
