import { describe, expect, it } from '@jest/globals';
import { readDeskAnswer } from './desk-answer.js';

const message = { FromAccount: 'a', FromAccountRole: 1, MsgBody: [{ MsgType: 'TIMTextElem' }], Timestamp: 1 };

const page = (change: object) =>
  readDeskAnswer(JSON.stringify({ ErrorCode: 0, Messages: [], TotalCount: 0, ...change }));

describe('readDeskAnswer', () => {
  it('reads a page, keeping the words of the desk that are checked later', () => {
    expect(page({ Messages: [message], TotalCount: 7 })).toEqual({
      code: 0,
      page: {
        messages: [{ fromAccount: 'a', fromAccountRole: 1, timestamp: 1, msgBody: [{ MsgType: 'TIMTextElem' }] }],
        total: 7,
      },
    });
  });

  it('reads an ErrorCode without looking at anything else', () => {
    expect(readDeskAnswer('{"ErrorCode":141010,"Messages":7}')).toEqual({ code: 141010, page: null });
    expect(readDeskAnswer('{"ErrorCode":-1}')).toEqual({ code: -1, page: null });
  });

  it.each(['null', 'absent', 'list'])('takes an empty session whose Messages is %s', (kind) => {
    const messages = { null: { Messages: null }, absent: { Messages: undefined }, list: {} }[kind];
    expect(page({ ...messages, TotalCount: 0 })).toEqual({ code: 0, page: { messages: [], total: 0 } });
  });

  it('takes Timestamp 0, the last date there is, and dates before 1970', () => {
    for (const Timestamp of [0, 8.64e15, -1, 1e3]) {
      expect(page({ Messages: [{ Timestamp }], TotalCount: 1 })).toMatchObject({
        page: { messages: [{ timestamp: Timestamp }] },
      });
    }
  });

  it('takes a message that has nothing but its Timestamp', () => {
    expect(page({ Messages: [{ Timestamp: 5 }], TotalCount: 1 })).toMatchObject({
      page: { messages: [{ fromAccount: null, timestamp: 5 }] },
    });
  });

  it('takes an account that came as a number', () => {
    expect(page({ Messages: [{ Timestamp: 5, FromAccount: 86 }], TotalCount: 1 })).toMatchObject({
      page: { messages: [{ fromAccount: '86' }] },
    });
  });

  it.each([
    '',
    'null',
    '[]',
    '7',
    '"OK"',
    '<html>',
    '{"ErrorCode":0',
    '{}',
    '{"ErrorCode":"0"}',
    '{"ErrorCode":0.5}',
    '{"ErrorCode":null}',
    '{"ErrorCode":1e999}',
  ])('finds no answer in %j', (body) => {
    expect(readDeskAnswer(body)).toBeUndefined();
  });

  it.each([
    { TotalCount: '1' },
    { TotalCount: -1 },
    { TotalCount: 1.5 },
    { TotalCount: undefined },
    { Messages: {}, TotalCount: 1 },
    { Messages: null, TotalCount: 1 },
    { Messages: [7], TotalCount: 1 },
    { Messages: [null], TotalCount: 1 },
    { Messages: [[]], TotalCount: 1 },
    { Messages: [{}], TotalCount: 1 },
    { Messages: [{ Timestamp: '1' }], TotalCount: 1 },
    { Messages: [{ Timestamp: 1.5 }], TotalCount: 1 },
    { Messages: [{ Timestamp: 8.64e15 + 1 }], TotalCount: 1 },
    { Messages: [message, { Timestamp: null }], TotalCount: 2 },
  ])('finds no answer in a page with %j', (change) => {
    expect(page(change)).toBeUndefined();
  });
});
