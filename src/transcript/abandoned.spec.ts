import { describe, expect, it } from '@jest/globals';
import { Rig } from '../../test/transcripts-rig.js';
import { DeskAbandonedError } from '../desk/desk-error.js';

/** Whoever waits has come as far as it gets. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function reader(): { signal: AbortSignal; leave: () => void } {
  const controller = new AbortController();
  const leave = () => {
    controller.abort();
  };
  return { signal: controller.signal, leave };
}

describe('a call that waits for its turn', () => {
  it('is not made once its reader has left', async () => {
    const rig = new Rig({ count: 50 });
    const open = rig.desk.letWait();
    const ann = reader();
    const reading = rig.read({}, { signal: ann.signal });
    await settled();
    ann.leave();
    await expect(reading).rejects.toBeInstanceOf(DeskAbandonedError);
    open();
    await settled();
    expect(rig.desk.calls).toHaveLength(0);
  });

  it('is made for the last who stays, whoever came first', async () => {
    const rig = new Rig({ count: 50 });
    const open = rig.desk.letWait();
    const [ann, ben] = [reader(), reader()];
    const readings = [
      rig.read({}, { signal: ann.signal }),
      rig.read({}, { noCache: true, signal: ben.signal }),
      rig.read(),
    ];
    await settled();
    ann.leave();
    ben.leave();
    open();
    const ends = await Promise.allSettled(readings);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('is made anew for who comes in the moment in which it is given up', async () => {
    const rig = new Rig({ count: 50 });
    const open = rig.desk.letWait();
    const ann = reader();
    const left = rig.read({}, { signal: ann.signal });
    await settled();
    ann.leave();
    const reading = rig.read();
    await expect(left).rejects.toBeInstanceOf(DeskAbandonedError);
    await settled();
    open();
    expect(await reading).toMatchObject({ view: { total: 50 } });
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('is no failure: who comes later is not told of it, and asks', async () => {
    const rig = new Rig({ count: 50 });
    const open = rig.desk.letWait();
    const ann = reader();
    const left = rig.read({}, { signal: ann.signal });
    await settled();
    ann.leave();
    await expect(left).rejects.toBeInstanceOf(DeskAbandonedError);
    open();
    expect(await rig.read()).toMatchObject({ view: { total: 50 }, outcome: 'miss' });
  });

  it('is not begun for blocks once the reader left while the newest messages were asked for', async () => {
    const rig = new Rig({ count: 250 });
    const open = rig.desk.hold();
    const ann = reader();
    const reading = rig.read({ offset: 150 }, { signal: ann.signal });
    await settled();
    ann.leave();
    open();
    await expect(reading).rejects.toBeInstanceOf(DeskAbandonedError);
    expect(rig.desk.calls).toHaveLength(1);
  });

  it.each([
    ['served at once', 1000],
    ['served where the desk takes its time', 20_000],
  ])('goes on behind a stale page that is %s, whoever leaves', async (_, staleMs) => {
    const rig = new Rig({ count: 50 });
    await rig.read();
    rig.time += 60_000 + staleMs;
    const open = rig.desk.letWait();
    const ann = reader();
    const reading = rig.read({}, { signal: ann.signal });
    await settled();
    ann.leave();
    await settled();
    open();
    expect(await reading).toMatchObject({ view: { total: 50 } });
    await settled();
    expect(rig.desk.calls).toHaveLength(2);
  });
});

describe('a call under way', () => {
  it('may end when all have left, and what it brings is kept', async () => {
    const rig = new Rig({ count: 50 });
    const open = rig.desk.hold();
    const ann = reader();
    const left = rig.read({}, { signal: ann.signal });
    await settled();
    ann.leave();
    const joined = rig.read();
    open();
    await Promise.allSettled([left, joined]);
    expect(await rig.read()).toMatchObject({ outcome: 'hit' });
    expect(rig.desk.calls).toHaveLength(1);
  });
});
