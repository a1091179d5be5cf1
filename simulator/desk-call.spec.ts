import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { ask, deskUrl, readAnswer } from './client.js';
import { type Simulator, startSimulator } from './simulator.js';
import { makeUserSig } from './user-sig.js';

const SESSION = 'b0f4ca12-4850-4218-a284-efe679a87066';

let desk: Simulator;
beforeAll(async () => {
  desk = await startSimulator();
});
beforeEach(() => {
  desk.reset();
});
afterAll(() => desk.close());

it('answers the API page’s example with HTTP 200 and its exact message', async () => {
  const response = await fetch(deskUrl(desk), {
    method: 'POST',
    body: JSON.stringify({ SessionId: SESSION, Limit: 1 }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await readAnswer(response)).toEqual({
    ActionStatus: 'OK',
    ErrorCode: 0,
    ErrorInfo: '',
    Messages: [
      {
        FromAccount: '8618655061639',
        FromAccountRole: 1,
        MsgBody: [{ MsgContent: { Text: 'hello' }, MsgType: 'TIMTextElem' }],
        Timestamp: 1730939030138,
      },
    ],
    TotalCount: 26,
  });
});

describe('refuses a wrong URL, still with HTTP 200', () => {
  const now = Math.floor(Date.now() / 1000);
  const demo = { sdkAppId: 1400000000, secretKey: '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e' };

  test.each<[string, Record<string, string | null>, number]>([
    ['no sdkappid', { sdkappid: null }, 60012],
    ['an empty sdkappid', { sdkappid: '' }, 60012],
    ['an sdkappid that is no number', { sdkappid: '14e8' }, 60006],
    ['an sdkappid nobody has', { sdkappid: '1400000001' }, 70020],
    ['no identifier', { identifier: null }, 60025],
    ['no contenttype', { contenttype: null }, 60025],
    ['another contenttype', { contenttype: 'xml' }, 60025],
    ['no random', { random: null }, 60002],
    ['a negative random', { random: '-1' }, 60002],
    ['a fraction for random', { random: '1.5' }, 60002],
    ['a random of 33 bits', { random: '4294967296' }, 60002],
    ['no usersig', { usersig: null }, 70002],
    ['an unreadable usersig', { usersig: 'xxx' }, 70003],
    ['an expired usersig', { usersig: makeUserSig({ ...demo, identifier: 'administrator' }, now - 100, 10) }, 70001],
    ['someone else’s usersig', { usersig: makeUserSig({ ...demo, identifier: 'xiaojun' }, now) }, 70013],
    [
      'a user who is no administrator',
      { identifier: 'xiaojun', usersig: makeUserSig({ ...demo, identifier: 'xiaojun' }, now) },
      60010,
    ],
  ])('%s', async (_name, change, code) => {
    expect(await ask(desk, { SessionId: SESSION }, change)).toEqual({
      ActionStatus: 'FAIL',
      ErrorCode: code,
      ErrorInfo: expect.stringMatching(/\w/),
    });
  });

  test.each(['0', '4294967295'])('but accepts the outermost random %s', async (random) => {
    expect(await ask(desk, { SessionId: SESSION }, { random })).toMatchObject({ ErrorCode: 0 });
  });

  it('a parameter given twice', async () => {
    const response = await fetch(`${deskUrl(desk)}&random=2`, { method: 'POST', body: `{"SessionId":"${SESSION}"}` });
    expect(await readAnswer(response)).toMatchObject({ ErrorCode: 60002 });
  });

  it('another method, another command, another path', async () => {
    expect(await readAnswer(await fetch(deskUrl(desk)))).toMatchObject({ ErrorCode: 60009 });
    const command = deskUrl(desk).replace('describe_chat_messages', 'describe_everything');
    expect(await readAnswer(await fetch(command, { method: 'POST', body: '{}' }))).toMatchObject({ ErrorCode: 60009 });
    const path = await fetch(`${desk.url}/v3/x`, { method: 'POST', body: '{}' });
    expect(path.status).toBe(200);
    expect(await readAnswer(path)).toMatchObject({ ErrorCode: 60002 });
  });
});

describe('refuses a wrong body', () => {
  test.each([
    ['an empty one', ''],
    ['no JSON', '{"SessionId":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['no UTF-8', Buffer.from([0x22, 0xe9, 0x22])],
    ['65 KB of it', JSON.stringify({ SessionId: SESSION, Padding: 'x'.repeat(65 * 1024) })],
  ])('%s with 60003', async (_name, body) => {
    const response = await fetch(deskUrl(desk), { method: 'POST', body });
    expect(await readAnswer(response)).toMatchObject({ ErrorCode: 60003 });
  });

  test.each([
    {},
    { SessionId: '' },
    { SessionId: 5 },
    { Limit: 0 },
    { Limit: 101 },
    { Limit: '20' },
    { Limit: null },
    { Limit: 1.5 },
    { Offset: -1 },
    { Offset: '0' },
    { Order: 0 },
    { Order: 3 },
    { Order: '1' },
  ])('%j with 141004', async (change) => {
    const right = 'SessionId' in change || Object.keys(change).length === 0 ? {} : { SessionId: SESSION };
    expect(await ask(desk, { ...right, ...change })).toMatchObject({ ErrorCode: 141004 });
  });

  it('an unknown session with 141010', async () => {
    expect(await ask(desk, { SessionId: 'nobody-knows' })).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: 141010 });
  });
});

describe('remembers each call', () => {
  it('with its window as understood and its Order as sent', async () => {
    await ask(desk, { SessionId: SESSION });
    await ask(desk, { SessionId: SESSION, Limit: 5, Offset: 10, Order: 1 });
    expect(desk.calls).toMatchObject([
      {
        sessionId: SESSION,
        limit: 20,
        offset: 0,
        order: 2,
        sentOrder: null,
        random: '99999999',
        errorCode: 0,
        fault: null,
      },
      { sessionId: SESSION, limit: 5, offset: 10, order: 1, sentOrder: 1, errorCode: 0 },
    ]);
  });

  it('with the refusal, where there was one', async () => {
    await ask(desk, { SessionId: SESSION }, { sdkappid: null });
    expect(desk.calls).toMatchObject([{ errorCode: 60012 }]);
  });

  it('without the UserSig', async () => {
    const usersig = makeUserSig(desk, Math.floor(Date.now() / 1000));
    await ask(desk, { SessionId: SESSION }, { usersig });
    expect(JSON.stringify(desk.calls)).not.toContain(usersig.slice(20, 60));
    expect(desk.calls[0]?.userSigHash).toMatch(/^[0-9a-f]{16}$/);
  });
});
