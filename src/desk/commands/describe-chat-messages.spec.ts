import { describe, expect, it } from '@jest/globals';
import { readDeskAnswer } from '../answer.js';
import { describeChatMessages } from './describe-chat-messages.js';

const message = { FromAccount: 'a', FromAccountRole: 1, MsgBody: [{ MsgType: 'TIMTextElem' }], Timestamp: 1 };

const answerTo = (body: string, limit = 100) => {
  const request = { sessionId: 's', limit, offset: 0, order: 'desc' } as const;
  return readDeskAnswer(describeChatMessages, request, Buffer.from(body))?.answer;
};
const page = (change: object, limit = 100) =>
  answerTo(JSON.stringify({ ErrorCode: 0, Messages: [], TotalCount: 0, ...change }), limit);

const messages = (count: number) => ({ Messages: Array.from({ length: count }, () => message), TotalCount: count });
const bodies = (...elements: readonly unknown[][]) => ({
  Messages: elements.map((MsgBody) => ({ Timestamp: 1, MsgBody })),
  TotalCount: elements.length,
});
const texts = (count: number): unknown[] =>
  Array.from({ length: count }, () => ({ MsgType: 'TIMTextElem', MsgContent: { Text: 'a' } }));
const relay = (...forwarded: readonly unknown[][]) => ({
  MsgType: 'TIMRelayElem',
  MsgContent: { MsgList: forwarded.map((MsgBody) => ({ MsgBody })) },
});
const card = (data: string) => ({ MsgType: 'TIMCustomElem', MsgContent: { Data: data } });
/** A page whose one element holds this, as text: JSON.stringify itself overflows. */
const holding = (json: string) =>
  answerTo(
    `{"ErrorCode":0,"TotalCount":1,"Messages":[{"Timestamp":1,"MsgBody":[{"MsgType":"x","MsgContent":{"a":${json}}}]}]}`,
  );
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('An answer to describe_chat_messages', () => {
  it('reads a page, with the fields that are checked later unchanged', () => {
    expect(page({ Messages: [message], TotalCount: 7 })).toEqual({
      messages: [{ fromAccount: 'a', fromAccountRole: 1, timestamp: 1, msgBody: [{ MsgType: 'TIMTextElem' }] }],
      total: 7,
    });
  });

  it.each(['null', 'absent', 'list'])('reads a session without messages, with Messages %s', (kind) => {
    const messages = { null: { Messages: null }, absent: { Messages: undefined }, list: {} }[kind];
    expect(page({ ...messages, TotalCount: 0 })).toEqual({ messages: [], total: 0 });
  });

  it('accepts Timestamp 0, the last date there is, and dates before 1970', () => {
    for (const Timestamp of [0, 8.64e15, -1, 1e3]) {
      expect(page({ Messages: [{ Timestamp }], TotalCount: 1 })).toMatchObject({
        messages: [{ timestamp: Timestamp }],
      });
    }
  });

  it('accepts a message with nothing but its Timestamp', () => {
    expect(page({ Messages: [{ Timestamp: 5 }], TotalCount: 1 })).toMatchObject({
      messages: [{ fromAccount: null, timestamp: 5 }],
    });
  });

  it('accepts an account that came as a number', () => {
    expect(page({ Messages: [{ Timestamp: 5, FromAccount: 86 }], TotalCount: 1 })).toMatchObject({
      messages: [{ fromAccount: '86' }],
    });
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
  ])('rejects a page with %j', (change) => {
    expect(page(change)).toBeUndefined();
  });

  it('accepts as many messages as were asked for, and no more', () => {
    expect(page(messages(20), 20)).toBeDefined();
    expect(page(messages(21), 20)).toBeUndefined();
  });

  it.each([
    ['in one message', (count: number) => bodies(texts(count))],
    ['over all messages', (count: number) => bodies(texts(5000), texts(count - 5000))],
    ['forwarded ones included', (count: number) => bodies([relay(texts(4000), [relay(texts(count - 4002))])])],
  ])('accepts 10,000 elements %s, and no more', (_, of) => {
    expect(page(of(10_000))).toBeDefined();
    expect(page(of(10_001))).toBeUndefined();
  });

  it('accepts a body nested 50,000 deep, and rejects one that JSON.parse would take seconds for', () => {
    expect(holding(nested(50_000))).toBeDefined();
    expect(holding(nested(100_001))).toBeUndefined();
    expect(holding(`"${nested(1_000_000)}"`)).toBeDefined();
  });

  it('accepts a page of 250,000 values, and rejects a larger one, however short', () => {
    const values = (count: number) => `[${'0,'.repeat(count - 1)}0]`;
    expect(holding(values(249_900))).toBeDefined();
    expect(holding(values(250_001))).toBeUndefined();
    expect(holding(`"${values(1_000_000)}"`)).toBeDefined();
  });

  it('counts the content of cards twice, since it is parsed and serialised again', () => {
    const data = (count: number) => JSON.stringify({ customerServicePlugin: 0, list: Array(count).fill(0) });
    expect(page(bodies([card(data(60_000))], [card(data(60_000))]))).toBeDefined();
    expect(page(bodies([card(data(60_000))], [card(data(70_000))]))).toBeUndefined();
    expect(page(bodies([relay([card(`{"":${nested(200_000)}}`)])]))).toBeUndefined();
  });

  it('does not count what cannot be a card: it is never parsed', () => {
    const lists = Array.from({ length: 100 }, () => [card(JSON.stringify(Array(650).fill(0)))]);
    expect(page(bodies(...lists), 100)).toBeDefined();
    expect(page(bodies([card('1,'.repeat(500_000))]))).toBeDefined();
  });

  it('accepts 10,000 images, each in three variants', () => {
    const variant = { Type: 1, Size: 1, Width: 1, Height: 1, URL: 'u' };
    const image = {
      MsgType: 'TIMImageElem',
      MsgContent: { UUID: 'u', ImageFormat: 1, ImageInfoArray: [variant, variant, variant] },
    };
    expect(page(bodies(Array(10_000).fill(image)))).toBeDefined();
  });

  it('accepts a text of 4 MB, whatever is in it', () => {
    for (const text of ['a ', '\n\t', '{[,', '\\"', '\ud800']) {
      expect(page(bodies([{ MsgType: 'TIMTextElem', MsgContent: { Text: text.repeat(1e6) } }]))).toBeDefined();
    }
  });
});
