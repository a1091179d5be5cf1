import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { control, deskUrl, readAnswer } from './client.js';
import { isList, isObject, type JsonObject } from './json-object.js';
import { type Simulator, startSimulator } from './simulator.js';

const DAY = 86_400;
const COMMAND = 'describe_im_cdr_list';

let desk: Simulator;
let aheadMs = 0;

beforeAll(async () => {
  desk = await startSimulator({ now: () => Date.now() + aheadMs });
});
beforeEach(() => {
  aheadMs = 0;
  desk.reset();
});
afterAll(() => desk.close());

async function list(body: unknown): Promise<JsonObject> {
  const response = await fetch(deskUrl(desk, {}, COMMAND), { method: 'POST', body: JSON.stringify(body) });
  return readAnswer(response);
}

function lastDay(): { StartTimestamp: number; EndTimestamp: number } {
  const EndTimestamp = Math.floor((Date.now() + aheadMs) / 1000);
  return { StartTimestamp: EndTimestamp - DAY, EndTimestamp };
}

const EVER = { StartTimestamp: 0, EndTimestamp: 4_000_000_000 };

function records({ IMCdrList: found }: JsonObject): JsonObject[] {
  return isList(found) ? found.filter(isObject) : [];
}

const ids = (answer: JsonObject) => records(answer).map(({ SessionId: id }) => id);

async function everyRecord(): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  for (let Offset = 0; ; Offset += 100) {
    const page = records(await list({ ...EVER, Limit: 100, Offset }));
    all.push(...page);
    if (page.length < 100) return all;
  }
}

describe('the records of its own sessions', () => {
  it('are some of the last day, the growing session among them, 20 on a page', async () => {
    const answer = await list(lastDay());
    expect(answer).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' });
    expect(Number(answer['TotalCount'])).toBeGreaterThan(140);
    expect(ids(answer)).toContain('growing-session');
    expect(ids(answer)).toHaveLength(20);
  });

  it('are still some of the last day when the desk has run for a week', async () => {
    await list(lastDay());
    // Longer than the lifetime of a signature, which would not be enough to empty a day.
    aheadMs = 20 * 3600 * 1000;
    expect(Number((await list(lastDay()))['TotalCount'])).toBeGreaterThan(140);
  });

  it('belong to existing sessions, each once', async () => {
    const all = await everyRecord();
    const names = all.map(({ SessionId: id }) => String(id));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('b0f4ca12-4850-4218-a284-efe679a87066');
    for (const id of names.filter((_, i) => i % 97 === 0 || i > names.length - 25)) {
      expect(await control(desk, 'GET', `/sessions/${id}`)).toMatchObject({ id });
    }
  });

  it('begin with the session’s first message', async () => {
    const [chat] = records(await list(lastDay())).filter(({ SessionId: id }) => String(id).startsWith('chat-'));
    const { messages } = await control(desk, 'GET', `/sessions/${String(chat?.['SessionId'])}?messages`);
    const [first] = isList(messages) ? messages : [];
    expect(isObject(first) && first['Timestamp']).toBe(Number(chat?.['Timestamp']) * 1000);
  });

  it('have every odd shape that the documents allow', async () => {
    const all = await everyRecord();
    const values = (field: string) => new Set(all.map((record) => record[field]));
    expect([...values('SatisfactionSelected')]).toEqual(expect.arrayContaining([0, 1, 5, 6, null, undefined, '5']));
    expect([...values('AgentGroupId')]).toEqual(expect.arrayContaining(['3067', 3067, '', null, undefined]));
    expect([...values('ChannelType')]).toEqual(expect.arrayContaining(['SDK', 'Web(H5)', '', undefined]));
    expect([...values('EndStatus')]).toEqual(expect.arrayContaining(['AgentEndedSession', 'noSeatOnline', '', 108]));
    expect([...values('ClientUserId')]).toEqual(expect.arrayContaining([1299314544, null, undefined]));
  });
});

describe('a window of records', () => {
  const record = (i: number, client = 'a') => ({ SessionId: `s-${i}`, Timestamp: 1000 + i, ClientUserId: client });
  beforeEach(() => {
    desk.setRecords([record(3), record(1), record(2, 'b'), record(4)]);
  });

  it('includes both ends of the period, in the order that was set', async () => {
    const answer = await list({ StartTimestamp: 1001, EndTimestamp: 1003 });
    expect(answer).toMatchObject({ TotalCount: 3 });
    expect(ids(answer)).toEqual(['s-3', 's-1', 's-2']);
  });

  it('is cut by Limit and Offset, and filtered by client', async () => {
    expect(ids(await list({ ...EVER, Limit: 2, Offset: 1 }))).toEqual(['s-1', 's-2']);
    const ofClient = await list({ ...EVER, ClientUserId: 'b' });
    expect(ofClient).toMatchObject({ TotalCount: 1 });
    expect(ids(ofClient)).toEqual(['s-2']);
  });

  it('claims another total, and is empty in three ways', async () => {
    desk.setRecords([], 7);
    expect(await list(EVER)).toMatchObject({ TotalCount: 7, IMCdrList: [] });
    desk.answerNoRecordsWith('null');
    expect(await list(EVER)).toMatchObject({ IMCdrList: null });
    desk.answerNoRecordsWith('absent');
    expect(await list(EVER)).not.toHaveProperty('IMCdrList');
  });

  it('is recorded in the calls', async () => {
    await list({ StartTimestamp: 1, EndTimestamp: 2, ClientUserId: 'b', Limit: 5, Offset: 6 });
    expect(desk.calls.at(-1)).toMatchObject({
      command: COMMAND,
      ...{ from: 1, to: 2, clientId: 'b', limit: 5, offset: 6, sessionId: null, order: null },
    });
  });

  it('can fail as messages do, and only for its own command', async () => {
    desk.failNext({ kind: 'malformed', how: 'messages-object' }, { command: COMMAND });
    desk.failNext({ kind: 'error', code: 141009 }, { command: 'get_session_state' });
    expect(await list(EVER)).toMatchObject({ IMCdrList: {} });
    desk.limit(0);
    expect(await list(EVER)).toMatchObject({ ErrorCode: 141009 });
  });

  it('is read and replaced over HTTP', async () => {
    const put = { records: [record(1)], totalCount: 9, emptyPage: 'null' };
    expect(await control(desk, 'PUT', '/records', put)).toMatchObject({ total: 1, totalCount: 9, emptyPage: 'null' });
    expect(await control(desk, 'GET', '/records?records')).toMatchObject({ records: [record(1)] });
    await control(desk, 'DELETE', '/records');
    expect((await list(EVER))['TotalCount']).toBeGreaterThan(1000);
  });
});

test.each([
  ['no period', {}],
  ['a period that ends before it begins', { StartTimestamp: 2, EndTimestamp: 1 }],
  ['a Limit above 100', { StartTimestamp: 1, EndTimestamp: 2, Limit: 101 }],
  ['an Offset below 0', { StartTimestamp: 1, EndTimestamp: 2, Offset: -1 }],
  ['an empty ClientUserId', { StartTimestamp: 1, EndTimestamp: 2, ClientUserId: '' }],
  ['times as text', { StartTimestamp: '1', EndTimestamp: '2' }],
])('%s is 141004', async (_, body) => {
  expect(await list(body)).toMatchObject({ ErrorCode: 141004 });
});

test.each([{ records: {} }, { emptyPage: 'x' }, { totalCount: '1' }])('PUT of %j is refused', async (body) => {
  const init = { method: 'PUT', body: JSON.stringify(body) };
  expect((await fetch(`${desk.url}/simulator/records`, init)).status).toBe(400);
});
