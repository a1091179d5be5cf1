import { describe, expect, it } from '@jest/globals';
import { Rig } from '../../test/transcripts-rig.js';

const orders = ['asc', 'desc'] as const;

describe('the calls that a session costs', () => {
  it.each(orders)('26 messages: one call for all windows, the first fetched %s', async (order) => {
    const rig = new Rig({ count: 26 });
    await rig.read({ order });
    for (const other of orders) for (const limit of [1, 7, 20, 100]) await rig.walk(other, limit);
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('100 messages, the most that one call gives: one call for all windows', async () => {
    const rig = new Rig({ count: 100 });
    for (const order of orders) await rig.walk(order, 30);
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('no messages: one call, and none for what is beyond a known end', async () => {
    const rig = new Rig({ count: 0 });
    for (const order of orders) for (const offset of [0, 20, 2147483647]) await rig.read({ order, offset });
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('the newest page of a cold session: one call', async () => {
    const rig = new Rig({ count: 1234 });
    await rig.read({ limit: 100 });
    expect(rig.desk.calls).toEqual([{ order: 'desc', offset: 0, limit: 100 }]);
  });

  it.each([
    { order: 'asc' as const, offset: 0, calls: 2 },
    { order: 'asc' as const, offset: 1220, calls: 2 },
    { order: 'asc' as const, offset: 690, calls: 3 },
    { order: 'desc' as const, offset: 600, calls: 2 },
    { order: 'desc' as const, offset: 624, calls: 3 },
    { order: 'desc' as const, offset: 1230, calls: 2 },
  ])('a deep page: one call more than the newest, two if it straddles: $order $offset', async (window) => {
    const rig = new Rig({ count: 1234 });
    await rig.read(window);
    expect(rig.desk.calls).toHaveLength(window.calls);
  });

  it.each(orders)('walking 1,234 by 20, %s: at most 14 calls, then none for any window', async (order) => {
    const rig = new Rig({ count: 1234 });
    await rig.walk(order, 20);
    expect(rig.desk.calls.length).toBeLessThanOrEqual(14);
    const more = await rig.callsOf(async () => {
      for (const other of orders) for (const limit of [20, 33, 100]) await rig.walk(other, limit);
    });
    expect(more).toBe(0);
  });

  it('sealed blocks are not fetched again before CACHE_SEALED_MS is over', async () => {
    const rig = new Rig({ count: 500 });
    await rig.walk('asc', 100);
    rig.time += rig.policy.sealedMs - 1;
    expect(await rig.callsOf(() => rig.read({ order: 'asc', offset: 0, limit: 100 }))).toBe(1);
    expect(rig.desk.calls.at(-1)).toEqual({ order: 'desc', offset: 0, limit: 100 });
    rig.time += 1;
    await rig.read({ order: 'asc', offset: 0, limit: 100 });
    // The refresh waits for its turn in the background.
    await new Promise((resolve) => setImmediate(resolve));
    expect(rig.desk.calls.at(-1)).toEqual({ order: 'asc', offset: 0, limit: 100 });
  });

  it('a growing session: about one call per freshness interval, whatever the viewers and windows', async () => {
    const rig = new Rig({ count: 300 });
    await rig.walk('asc', 100);
    const seconds = 60;
    const calls = await rig.callsOf(async () => {
      for (let second = 0; second < seconds; second++) {
        rig.time += 1000;
        rig.desk.grow(1);
        await Promise.all([0, 20, 150, 250].flatMap((offset) => orders.map((order) => rig.read({ order, offset }))));
      }
    });
    expect(calls).toBeLessThanOrEqual((seconds * 1000) / rig.policy.freshMinMs + 2);
  });

  it('windows within the newest hundred messages cost no call besides the newest page', async () => {
    const rig = new Rig({ count: 250 });
    await rig.read();
    expect(await rig.callsOf(() => rig.read({ offset: 80, limit: 20 }))).toBe(0);
  });

  it('fetches the window itself when the session grew between head and block', async () => {
    const rig = new Rig({ count: 250 });
    rig.desk.meanwhile.push(
      () => undefined,
      () => {
        rig.desk.grow(1);
      },
    );
    await rig.read({ order: 'desc', offset: 200 });
    expect(rig.desk.calls).toHaveLength(3);
    expect(rig.desk.calls.at(-1)).toEqual({ order: 'desc', offset: 200, limit: 20 });
  });
});

describe('at the same time', () => {
  it('100 callers cause one call', async () => {
    const rig = new Rig({ count: 26 });
    const reads = Array.from({ length: 100 }, (_, i) => rig.read({ offset: i % 26, order: orders[i % 2] ?? 'asc' }));
    const outcomes = (await Promise.all(reads)).map(({ outcome }) => outcome);
    expect(rig.desk.calls).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'miss')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'collapsed')).toHaveLength(99);
  });

  it('100 callers of a deep page cause two calls: for the newest messages and for the block', async () => {
    const rig = new Rig({ count: 1234 });
    await Promise.all(Array.from({ length: 100 }, () => rig.read({ order: 'asc', offset: 600 })));
    expect(rig.desk.calls).toHaveLength(2);
  });

  it('a call that no client waits for any more is cancelled, and an answer that still comes is kept', async () => {
    const rig = new Rig({ count: 26 });
    const open = rig.desk.hold();
    const clients = [new AbortController(), new AbortController()];
    const ends = Promise.allSettled(clients.map(({ signal }) => rig.read({}, { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    clients[0]?.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(rig.desk.signals.map(({ aborted }) => aborted)).toEqual([false]);
    clients[1]?.abort();
    expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(rig.desk.signals.map(({ aborted }) => aborted)).toEqual([true]);
    open();
    await new Promise((resolve) => setImmediate(resolve));
    expect((await rig.read()).outcome).toBe('hit');
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('many concurrent no-cache requests cause one call, and the next no-cache request another', async () => {
    const rig = new Rig({ count: 26 });
    await rig.read();
    const herd = () => Promise.all(Array.from({ length: 100 }, () => rig.read({}, { noCache: true })));
    expect(await rig.callsOf(herd)).toBe(1);
    expect(await rig.callsOf(() => rig.read({}, { noCache: true }))).toBe(1);
  });

  it('a no-cache request fetches every block of its window and the total', async () => {
    const rig = new Rig({ count: 400 });
    await rig.walk('asc', 100);
    expect(await rig.callsOf(() => rig.read({ order: 'asc', offset: 50, limit: 100 }, { noCache: true }))).toBe(3);
  });

  it('100 callers cause one call without any memory', async () => {
    const rig = new Rig({ count: 26, memoryBytes: 0 });
    await Promise.all(Array.from({ length: 100 }, () => rig.read()));
    expect(rig.desk.calls).toHaveLength(1);
  });

  it('100 callers with freshness bounds of 0 cause one call; the next one causes another', async () => {
    const policy = { freshMinMs: 0, freshMaxMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
    const rig = new Rig({ count: 26, policy });
    await Promise.all(Array.from({ length: 100 }, () => rig.read()));
    expect(rig.desk.calls).toHaveLength(1);
    rig.time += 1;
    expect(await rig.callsOf(() => rig.read())).toBe(1);
  });
});
