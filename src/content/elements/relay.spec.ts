import { describe, expect, it } from '@jest/globals';
import { toContents } from '../content.js';

function relay(content: unknown): unknown {
  return { MsgType: 'TIMRelayElem', MsgContent: content };
}

const text = { MsgType: 'TIMTextElem', MsgContent: { Text: 'hi' } };

describe('a relay', () => {
  it('carries the forwarded messages', () => {
    const desk = relay({
      Title: 'Chat of A and B',
      MsgNum: 2,
      CompatibleText: 'Please upgrade',
      AbstractList: ['A: hi', 'B: [Image]'],
      MsgList: [
        {
          From_Account: 'a',
          To_Account: 'b',
          MsgSeq: 1,
          MsgRandom: 2,
          MsgTimeStamp: 1730939030,
          MsgBody: [text],
          CloudCustomData: '',
        },
        {},
      ],
    });
    expect(toContents([desk])).toEqual([
      {
        type: 'relay',
        title: 'Chat of A and B',
        count: 2,
        compatibleText: 'Please upgrade',
        abstracts: ['A: hi', 'B: [Image]'],
        messages: [
          { from: 'a', sentAt: '2024-11-07T00:23:50.000Z', content: [{ type: 'text', text: 'hi' }] },
          { from: null, sentAt: null, content: [] },
        ],
        key: null,
      },
    ]);
  });

  it('carries the key of messages too long to be included', () => {
    expect(toContents([relay({ JsonMsgKey: 'a99' })])).toMatchObject([{ messages: [], key: 'a99' }]);
  });

  it.each([[1e300], [-1e300], [1730939030138]])('has no time for a message of second %d', (MsgTimeStamp) => {
    const desk = relay({ MsgList: [{ MsgTimeStamp }, { MsgTimeStamp: 0 }] });
    expect(toContents([desk])).toMatchObject([
      { messages: [{ sentAt: null }, { sentAt: '1970-01-01T00:00:00.000Z' }] },
    ]);
  });

  it.each([
    [{ MsgNum: 1.5 }],
    [{ AbstractList: ['a', null] }],
    [{ MsgList: [null] }],
    [{ MsgList: ['hi'] }],
    [{ MsgList: [{ From_Account: 1 }] }],
    [{ MsgList: [{ MsgTimeStamp: '1730939030' }] }],
    [{ MsgList: [{ MsgBody: text }] }],
    [{ MsgList: [{ CloudCustomData: {} }] }],
  ])('is unknown, whole, if it holds %j', (content) => {
    expect(toContents([relay(content)])).toEqual([{ type: 'unknown', rawType: 'TIMRelayElem', raw: relay(content) }]);
  });

  it('stays a relay if only an element inside it is malformed', () => {
    const broken = { MsgType: 'TIMTextElem', MsgContent: { Text: 1 } };
    const messages = [{ content: [{ type: 'text' }, { type: 'unknown', raw: broken }] }];
    expect(toContents([relay({ MsgList: [{ MsgBody: [text, broken] }] })])).toMatchObject([
      { type: 'relay', messages },
    ]);
  });

  it('is read to five levels; the sixth is unknown and whole', () => {
    const sixth = relay({ Title: '6' });
    let desk = sixth;
    for (let level = 5; level >= 1; level--) desk = relay({ Title: `${level}`, MsgList: [{ MsgBody: [desk] }] });

    let content = toContents([desk]);
    for (const title of ['1', '2', '3', '4', '5']) {
      const [outer] = content;
      if (outer?.type !== 'relay') throw new Error(`no relay at level ${title}`);
      expect(outer.title).toBe(title);
      content = [...(outer.messages[0]?.content ?? [])];
    }
    expect(content).toEqual([{ type: 'unknown', rawType: 'TIMRelayElem', raw: sixth }]);
  });
});
