import { textElement } from './wire.js';

/** Odd but legal: nothing here makes a page malformed, and none of it may make a reader throw or drop a message. */
export function oddities(startMs: number): unknown[] {
  const bodies: readonly unknown[] = [
    [],
    null,
    'a body that is text',
    { MsgType: 'TIMTextElem', MsgContent: { Text: 'an element instead of a list' } },
    [null, 7, 'TIMTextElem', [], true],
    [{}],
    [{ MsgType: 'TIMTextElem' }],
    [{ MsgContent: { Text: 'no type' } }],
    [{ MsgType: 5, MsgContent: { Text: 'a number for a type' } }],
    [{ MsgType: 'constructor', MsgContent: {} }],
    [{ MsgType: '__proto__', MsgContent: {} }],
    [{ MsgType: 'TIMTextElem', MsgContent: null }],
    [{ MsgType: 'TIMTextElem', MsgContent: 'text' }],
    [{ MsgType: 'TIMTextElem', MsgContent: {} }],
    [{ MsgType: 'TIMTextElem', MsgContent: { Text: null } }],
    [{ MsgType: 'TIMTextElem', MsgContent: { Text: 42 } }],
    [{ MsgType: 'TIMLocationElem', MsgContent: { Desc: 'text for a number', Latitude: '22.5' } }],
    [{ MsgType: 'TIMImageElem', MsgContent: { UUID: 'i', ImageFormat: 1, ImageInfoArray: {} } }],
    [{ MsgType: 'TIMImageElem', MsgContent: { UUID: 'i', ImageFormat: 77, ImageInfoArray: [null, 3, { Type: '1' }] } }],
    [{ MsgType: 'TIMRelayElem', MsgContent: { Title: 'odd', MsgNum: 1, MsgList: [null, {}, { MsgBody: 'x' }] } }],
    [{ MsgType: 'TIMFileElem', MsgContent: { UUID: 'f', fileName: 'as one table prints it.txt' } }],
    [textElement('')],
    [textElement('   \n\t  ')],
    [textElement('control \u0000 \u0007 \u001b[31m, bidi \u202Eabc\u202C, zero\u200bwidth, separators \u2028\u2029')],
    [textElement('half an emoji: \ud83d')],
    [textElement('<script>alert(document.cookie)</script> {{7*7}} ${7*7} %s %n\r\nX-Injected: 1')],
    [textElement('a word of twelve thousand letters: ' + 'ä'.repeat(12_000))],
    Array.from({ length: 100 }, (_, i) => textElement(`element ${i + 1} of 100`)),
  ];
  const messages = bodies.map((MsgBody, i) => ({
    FromAccount: 'odd',
    FromAccountRole: 1,
    MsgBody,
    Timestamp: startMs + i,
  }));
  const at = startMs + bodies.length;
  const MsgBody = [textElement('odd sender')];
  return [
    ...messages,
    { Timestamp: at },
    { FromAccountRole: 1, MsgBody, Timestamp: at },
    { FromAccount: 8618655061639, FromAccountRole: '1', MsgBody, Timestamp: at },
    { FromAccount: '', FromAccountRole: 0, MsgBody, Timestamp: at },
    { FromAccount: null, FromAccountRole: 99, MsgBody, Timestamp: at },
    // Fields that are documented elsewhere and may appear here in future.
    {
      FromAccount: 'odd',
      FromAccountRole: 3,
      MsgBody,
      Timestamp: at,
      MsgKey: '1_2_3',
      CloudCustomData: '{"role":"robot"}',
    },
  ];
}
