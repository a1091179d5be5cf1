import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, test } from '@jest/globals';
import { cacheOptions, ListsRig, ModelListDesk, pageOf, queryOf, START } from '../../../test/lists-rig.js';
import { freshness } from '../../../test/transcripts-rig.js';
import { DeskFailedError } from '../../desk/desk-error.js';
import { SessionLists } from './session-lists.js';

const named = (from: number, to: number) => ({ period: { from, to } });
const LAST_YEAR = named(1_735_689_600, 1_735_776_000);
const failed = new DeskFailedError('141002, retries spent');

const numbered = (from: number, end: number) => Array.from({ length: end - from }, (_, i) => `s${from + i}`);

describe('every page size and offset', () => {
  test.each([
    [0, 1],
    [0, 20],
    [0, 100],
    [17, 3],
    [99, 1],
    [80, 20],
  ])('comes from the first hundred, once fetched: %d, %d', async (offset, limit) => {
    const rig = new ListsRig(1234);
    await rig.read({ ...LAST_YEAR, offset: 40 });
    expect(
      await rig.callsOf(async () => {
        const page = await rig.page({ ...LAST_YEAR, offset, limit });
        expect(page).toMatchObject({ ids: numbered(offset, offset + limit), total: 1234, nextOffset: offset + limit });
      }),
    ).toBe(0);
  });

  it('costs one call when cold, two if it straddles blocks', async () => {
    const rig = new ListsRig(1234);
    expect(await rig.callsOf(() => rig.read({ ...LAST_YEAR, offset: 700 }))).toBe(1);
    expect(rig.desk.calls[0]).toEqual({
      ...{ StartTimestamp: LAST_YEAR.period.from, EndTimestamp: LAST_YEAR.period.to },
      ...{ Limit: 100, Offset: 700 },
    });
    expect(await rig.callsOf(() => rig.read({ ...LAST_YEAR, offset: 350, limit: 100 }))).toBe(2);
    expect((await rig.page({ ...LAST_YEAR, offset: 350, limit: 100 })).ids).toEqual(numbered(350, 450));
    expect((await rig.page({ ...LAST_YEAR, offset: 1220 })).ids).toEqual(numbered(1220, 1234));
  });

  it('does not fetch a second hundred that does not exist', async () => {
    const rig = new ListsRig(100);
    expect(await rig.callsOf(() => rig.read({ ...LAST_YEAR, offset: 90 }))).toBe(1);
    expect(await rig.page({ ...LAST_YEAR, offset: 90 })).toMatchObject({ nextOffset: null });
  });

  it('keeps clients and periods apart', async () => {
    const rig = new ListsRig(5);
    const queries = [{}, { clientId: 'a' }, { clientId: 'b' }, LAST_YEAR, { ...LAST_YEAR, clientId: 'a' }];
    for (const query of queries) expect(await rig.callsOf(() => rig.read(query))).toBe(1);
    for (const query of queries) expect(await rig.callsOf(() => rig.read(query))).toBe(0);
    expect(rig.desk.calls[1]).toMatchObject({ ClientUserId: 'a' });
    expect(rig.desk.calls[0]).not.toHaveProperty('ClientUserId');
  });

  it('shows records at their places when the desk gave fewer than its total says', async () => {
    const rig = new ListsRig(150);
    const { desk } = rig;
    const whole = desk.call.bind(desk);
    desk.call = async (command, request) => {
      const cut = { ...command, read: (answer: object) => command.read(firstSixty(answer), request) };
      return whole(cut, request);
    };
    const page = await rig.page({ ...LAST_YEAR, offset: 55, limit: 100 });
    expect(page).toMatchObject({ ids: [...numbered(55, 60), ...numbered(100, 150)], total: 150, nextOffset: null });
  });
});

function firstSixty(answer: object): Readonly<Record<string, unknown>> {
  const list = 'IMCdrList' in answer && Array.isArray(answer.IMCdrList) ? answer.IMCdrList.slice(0, 60) : [];
  return { ...answer, IMCdrList: list };
}

describe('an offset beyond a known total', () => {
  it('is an empty page and costs no call, whichever block has the total', async () => {
    const rig = new ListsRig(130);
    await rig.read({ ...LAST_YEAR, offset: 110 });
    expect(
      await rig.callsOf(async () => {
        for (const offset of [130, 199, 200, 5000, 2_147_483_647]) {
          expect(await rig.page({ ...LAST_YEAR, offset })).toMatchObject({ ids: [], total: 130, nextOffset: null });
        }
      }),
    ).toBe(0);
  });

  it('costs one call while nothing is known, and none afterwards', async () => {
    const rig = new ListsRig(5);
    expect(await rig.callsOf(() => rig.read({ ...LAST_YEAR, offset: 900 }))).toBe(1);
    expect(await rig.callsOf(() => rig.read({ ...LAST_YEAR, offset: 70_000 }))).toBe(0);
  });

  it('is served stale with the block that has the total, while the desk fails', async () => {
    const rig = new ListsRig(5);
    await rig.read(LAST_YEAR);
    rig.time += 75_000;
    rig.desk.failure = failed;
    expect(await rig.page({ ...LAST_YEAR, offset: 300 })).toMatchObject({ ids: [], total: 5 });
  });

  it('is a page again once the list has grown', async () => {
    const rig = new ListsRig(90);
    await rig.read({ ...LAST_YEAR, offset: 300 });
    rig.desk.total = 310;
    rig.time += 60_000 + 10_000 + 1;
    expect((await rig.page({ ...LAST_YEAR, offset: 300 })).ids).toEqual(numbered(300, 310));
  });
});

describe('a list that changes between the two blocks of a page', () => {
  const straddling = { ...LAST_YEAR, offset: 90 };

  it('has its older block fetched again, once', async () => {
    const rig = new ListsRig(150);
    rig.desk.meanwhile.push(
      () => undefined,
      () => (rig.desk.total = 151),
    );
    const result = await rig.read(straddling);
    expect(rig.desk.calls.map(({ Offset: offset }) => offset)).toEqual([0, 100, 0]);
    expect(pageOf(straddling, result)).toMatchObject({ ids: numbered(90, 110), total: 151 });
    expect(result.result).toMatchObject({ outcome: 'miss', forwarded: 'stale' });
    expect(await rig.callsOf(() => rig.read(straddling))).toBe(0);
  });

  it('has the second block fetched again if that is the older one', async () => {
    const rig = new ListsRig(150);
    await rig.read({ ...LAST_YEAR, offset: 120 });
    rig.desk.total = 152;
    rig.time += 1000;
    expect(await rig.page(straddling)).toMatchObject({ ids: numbered(90, 110), total: 152 });
    expect(rig.desk.calls.map(({ Offset: offset }) => offset)).toEqual([100, 0, 100]);
  });

  it('is never mixed: if it changes all the time, a page ends with its first block and the next page begins there', async () => {
    const rig = new ListsRig(150);
    rig.desk.onTheWay = () => {
      rig.desk.total += 1;
      rig.time += 1;
    };
    const page = await rig.page(straddling);
    expect(page).toMatchObject({ ids: numbered(90, 100), total: 153, nextOffset: 100 });
    expect(rig.desk.calls).toHaveLength(3);
  });

  it('ends with its first block too if the desk fails meanwhile, but not for no-cache', async () => {
    const rig = new ListsRig(150);
    rig.desk.meanwhile.push(
      () => undefined,
      () => (rig.desk.total = 151),
      () => (rig.desk.failure = failed),
    );
    expect(await rig.page(straddling)).toMatchObject({ ids: numbered(90, 100), total: 150, nextOffset: 100 });
    await expect(rig.read(straddling, { noCache: true })).rejects.toBe(failed);
  });

  it('of the default period changes when the minute changes', async () => {
    const rig = new ListsRig(150, { ...freshness, staleWhileRevalidateMs: 0 });
    await rig.read({ offset: 120 });
    rig.time += 50_000;
    const page = await rig.page({ offset: 90 });
    expect(page).toMatchObject({ ids: numbered(90, 110), period: { to: '2026-01-01T12:01:59Z' } });
    expect(rig.desk.calls).toHaveLength(3);
  });
});

describe('a named period', () => {
  const secondsAgo = (seconds: number) => named(0, START / 1000 - seconds);

  test.each([
    ['ended long ago', 3600, 60_000],
    ['ended five minutes ago', 300, 30_000],
    ['has just ended', 0, 2000],
    ['has not ended yet', -86_400, 2000],
    ['ends in the year 9999', -200_000_000_000, 2000],
  ])('is fresh for a tenth of the time since its end, within bounds: it %s', async (_, ago, lifetimeMs) => {
    const rig = new ListsRig(1);
    const { result } = await rig.read(secondsAgo(ago));
    expect(result.view).toMatchObject({ lifetimeMs, remainingMs: lifetimeMs });
  });
});

describe('the default period', () => {
  it('is one entry, fetched once a minute and fresh until its end', async () => {
    const rig = new ListsRig(3);
    const first = await rig.read();
    expect(first.result.view).toMatchObject({ lifetimeMs: 45_000, remainingMs: 45_000 });
    expect(pageOf({}, first).period).toEqual({ from: '2025-12-31T12:00:59Z', to: '2026-01-01T12:00:59Z' });
    rig.time += 44_999;
    expect(await rig.callsOf(() => rig.read())).toBe(0);
    rig.time += 1;
    expect(rig.lists.peek(queryOf({}))).toBeUndefined();
  });

  it('is served stale with its own period while one refresh runs, and then from the new one', async () => {
    const rig = new ListsRig(3);
    await rig.read();
    rig.time += 46_000;
    rig.desk.total = 4;
    const stale = await rig.read();
    expect(stale.result.outcome).toBe('stale');
    expect(pageOf({}, stale)).toMatchObject({ total: 3, period: { to: '2026-01-01T12:00:59Z' } });
    await turn();
    expect(await rig.page()).toMatchObject({ total: 4, period: { to: '2026-01-01T12:01:59Z' } });
    expect(rig.desk.calls).toHaveLength(2);
  });

  it('survives a failing desk for as long as its stale phases last', async () => {
    const rig = new ListsRig(3);
    await rig.read();
    rig.desk.failure = failed;
    rig.time += 45_000 + 309_999;
    expect(await rig.page()).toMatchObject({ total: 3, period: { to: '2026-01-01T12:00:59Z' } });
    rig.time += 10_000;
    await expect(rig.read()).rejects.toBe(failed);
  });

  it('is stale at once if its call came too late for its minute', async () => {
    const rig = new ListsRig(3);
    rig.desk.onTheWay = () => (rig.time += 50_000);
    const { result } = await rig.read();
    expect(result.view).toMatchObject({ lifetimeMs: 0, remainingMs: 0 });
  });

  it('is shared by all requests at the same time, with one for each client', async () => {
    const rig = new ListsRig(3);
    const asked = [{}, {}, { limit: 1 }, { offset: 2 }, { clientId: 'a' }, { clientId: 'a', limit: 5 }];
    expect(await rig.callsOf(() => Promise.all(asked.map((query) => rig.read(query))))).toBe(2);
  });
});

describe('no-cache', () => {
  it('fetches every block of the page again', async () => {
    const rig = new ListsRig(150);
    await rig.read({ ...LAST_YEAR, offset: 90 });
    const result = await rig.read({ ...LAST_YEAR, offset: 90 }, { noCache: true });
    expect(result.result).toMatchObject({ outcome: 'bypass', forwarded: 'request' });
    expect(rig.desk.calls).toHaveLength(4);
  });

  it('fetches the total beyond the end, and never serves a stale one', async () => {
    const rig = new ListsRig(5);
    await rig.read(LAST_YEAR);
    expect(await rig.callsOf(() => rig.read({ ...LAST_YEAR, offset: 700 }, { noCache: true }))).toBe(1);
    rig.desk.failure = failed;
    await expect(rig.read(LAST_YEAR, { noCache: true })).rejects.toBe(failed);
  });
});

test('two blocks are as fresh as the staler one, with the more expensive outcome', async () => {
  const rig = new ListsRig(150);
  await rig.read({ ...LAST_YEAR, offset: 120 });
  rig.time += 10_000;
  const { result } = await rig.read({ ...LAST_YEAR, offset: 90 });
  expect(result).toMatchObject({ outcome: 'miss', view: { lifetimeMs: 60_000, remainingMs: 50_000 } });
});

test('pages work without any memory, and nothing is kept', async () => {
  const now = () => START;
  const desk = new ModelListDesk(now);
  desk.total = 150;
  const lists = new SessionLists({ ...cacheOptions(now), maxBytes: 0, desk });
  const query = queryOf({ ...LAST_YEAR, offset: 90 });
  expect(pageOf(query, await lists.read(query, {})).ids).toEqual(numbered(90, 110));
});
