import { describe, expect, it } from '@jest/globals';
import { Rig } from '../../test/transcripts-rig.js';

const ORDINARY_MS = 2000;
const REPORTED_FRESH_MS = 30_000;
const rigOf = (count = 20) => new Rig({ count, quietMs: 0, policy: { reportedFreshMs: REPORTED_FRESH_MS } });

describe('while changes are reported', () => {
  it('answers are fresh for longer, and tell clients their ordinary lifetime and true age all the same', async () => {
    const rig = rigOf();
    rig.isReporting = true;
    await rig.read();
    rig.time += REPORTED_FRESH_MS - 1;
    const { outcome, view } = await rig.read();
    expect([outcome, view.lifetimeMs, view.ageMs, view.remainingMs]).toEqual([
      'hit',
      ORDINARY_MS,
      REPORTED_FRESH_MS - 1,
      1,
    ]);
    rig.isReporting = false;
    expect((await rig.read()).outcome).not.toBe('hit');
  });

  it.each([
    [4999, 'stale'],
    [5000, 'hit'],
  ])('one that is fetched %d ms after a change is a %s after its ordinary lifetime', async (afterMs, outcome) => {
    const rig = rigOf();
    rig.isReporting = true;
    await rig.read();
    rig.transcripts.invalidate('session');
    rig.time += afterMs;
    await rig.read();
    rig.time += ORDINARY_MS;
    expect((await rig.read()).outcome).toBe(outcome);
  });
});

describe('a reported change', () => {
  it('makes the next read call the desk, once', async () => {
    const rig = rigOf();
    await rig.read();
    rig.desk.grow(1);
    rig.transcripts.invalidate('session');
    expect(
      await rig.callsOf(async () => {
        expect((await rig.read()).view.total).toBe(21);
      }),
    ).toBe(1);
    expect(await rig.callsOf(() => rig.read())).toBe(0);
  });

  it('keeps a call that was in flight from counting as fresh, except for requests that waited for it already', async () => {
    const rig = rigOf();
    const open = rig.desk.hold();
    const early = rig.read();
    await new Promise((resolve) => setImmediate(resolve));
    rig.desk.grow(1);
    rig.transcripts.invalidate('session');
    const late = rig.read();
    open();
    expect((await early).view.total).toBe(20);
    expect((await late).view.total).toBe(21);
    expect(rig.desk.calls).toHaveLength(2);
  });

  it('keeps sealed blocks', async () => {
    const rig = new Rig({ count: 250 });
    await rig.walk('asc', 100);
    rig.transcripts.invalidate('session');
    expect(await rig.callsOf(() => rig.walk('asc', 100))).toBe(1);
  });

  it('notifies the subscribers of its id', () => {
    const rig = rigOf();
    let notified = 0;
    rig.transcripts.changes.subscribe('session', () => (notified += 1));
    rig.transcripts.invalidate('session');
    rig.transcripts.invalidate('another');
    expect(notified).toBe(1);
  });

  it('is known by its number, and notified only once', async () => {
    const rig = rigOf();
    await rig.read();
    let notified = 0;
    rig.transcripts.changes.subscribe('session', () => (notified += 1));
    for (const change of [7, 7, 6]) rig.transcripts.raiseChange('session', change);
    expect(notified).toBe(1);
    expect(await rig.callsOf(() => rig.read())).toBe(1);
  });
});
