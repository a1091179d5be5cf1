import { describe, expect, it } from '@jest/globals';
import { expected, Rig, seen, windowOf } from '../../test/transcripts-rig.js';

const TEN_MINUTES = 600_000;
const HEAD = { order: 'desc', offset: 0, limit: 100 };

describe('a session with fewer messages than before', () => {
  const look = async (rig: Rig, shown = windowOf({ order: 'asc', limit: 100 })) => {
    const { view } = await rig.read(shown, { noCache: true });
    expect(seen(view, shown)).toEqual(expected(rig.desk.state, shown));
  };

  it('continues as a new log, with positions and nothing of the old one', async () => {
    const rig = new Rig({ count: 250 });
    await rig.walk('asc', 100);
    rig.desk.shrinkTo(12);
    await look(rig);
    rig.desk.grow(2);
    await look(rig);
    rig.desk.grow(200);
    rig.time += rig.policy.freshMaxMs;
    for (const offset of [0, 60, 160]) {
      const window = windowOf({ order: 'asc', offset });
      expect(seen((await rig.read(window)).view, window)).toEqual(expected(rig.desk.state, window));
    }
    expect(rig.contradictions).toBe(0);
  });

  it('is still a log if more and more messages go', async () => {
    const rig = new Rig({ count: 30 });
    await rig.read();
    for (const kept of [29, 28, 12, 0]) {
      rig.desk.shrinkTo(kept);
      await look(rig);
      rig.time += 1;
    }
    rig.desk.grow(3);
    await look(rig);
    expect(rig.contradictions).toBe(0);
  });

  it('contradicts itself if it grows and shrinks again within ten minutes', async () => {
    const rig = new Rig({ count: 30 });
    await rig.read();
    rig.desk.shrinkTo(20);
    await look(rig);
    rig.time += TEN_MINUTES - 1;
    rig.desk.grow(5);
    await look(rig);
    rig.desk.shrinkTo(20);
    expect((await rig.read({}, { noCache: true })).view.first).toBeUndefined();
    expect(rig.contradictions).toBe(1);
  });

  it('is still a log if that happens twice, ten minutes apart', async () => {
    const rig = new Rig({ count: 30 });
    await rig.read();
    for (const kept of [20, 10, 0]) {
      rig.desk.shrinkTo(kept);
      await look(rig);
      rig.time += TEN_MINUTES;
    }
    expect(rig.contradictions).toBe(0);
  });

  it('has its newest messages fetched again if older ones show it first', async () => {
    const rig = new Rig({ count: 350 });
    await rig.read();
    rig.time += 1;
    rig.desk.shrinkTo(150);
    const window = windowOf({ order: 'asc', offset: 130, limit: 40 });
    const calls = rig.desk.calls.length;
    expect(seen((await rig.read(window)).view, window)).toEqual(expected(rig.desk.state, window));
    const block = { order: 'asc', offset: 100, limit: 100 };
    expect(rig.desk.calls.slice(calls)).toEqual([block, HEAD, block]);
    expect(rig.contradictions).toBe(0);
  });

  it('keeps its log if the newest messages, fetched again, show that it did not shrink', async () => {
    const rig = new Rig({ count: 350 });
    await rig.read();
    rig.time += 1;
    rig.desk.meanwhile.push(
      () => {
        rig.desk.become({ totalError: -10 });
      },
      () => {
        rig.desk.become({ totalError: 0 });
      },
    );
    const window = windowOf({ order: 'asc', offset: 100 });
    expect(seen((await rig.read(window)).view, window)).toEqual(expected(rig.desk.state, window));
    expect(rig.contradictions).toBe(0);
    rig.desk.shrinkTo(20);
    await look(rig);
    expect(rig.contradictions).toBe(0);
  });
});
