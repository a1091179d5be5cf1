import { describe, expect, it } from '@jest/globals';
import { Rig } from '../../test/transcripts-rig.js';
import { DeskAbandonedError } from '../desk/desk-error.js';

/** Lets pending work proceed until it waits for a timer or the desk. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function reader(): { signal: AbortSignal; leave: () => void } {
  const controller = new AbortController();
  const leave = () => {
    controller.abort();
  };
  return { signal: controller.signal, leave };
}

describe('a call that waits for its turn', () => {
  it('is not sent once its only client has disconnected', async () => {
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

  it('is sent for the last client that stays, whoever came first', async () => {
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

  it('is sent again for a client that comes at the moment in which it is cancelled', async () => {
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

  it('is no failure: a later request does not get that error, and calls the desk', async () => {
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

  it('fetches no blocks once the client disconnected while the newest messages were fetched', async () => {
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
    ['served when the desk is slow', 20_000],
  ])('continues behind a stale page that is %s, whoever disconnects', async (_, staleMs) => {
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

describe('a call in flight', () => {
  it('may end after all clients have disconnected, and its answer is kept', async () => {
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
