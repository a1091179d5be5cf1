import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeskMessage } from '../desk/commands/describe-chat-messages.js';
import { toMessage } from './message.js';

const hello: DeskMessage = {
  fromAccount: '8618655061639',
  fromAccountRole: 1,
  timestamp: 1730939030138,
  msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
};

const MSG_TYPES = ['Text', 'Location', 'Face', 'Custom', 'Sound', 'Image', 'File', 'VideoFile', 'Relay'];
const FIELDS = [
  'Text',
  'Data',
  'Size',
  'ImageFormat',
  'ImageInfoArray',
  'FileName',
  'MsgList',
  'AbstractList',
  'MsgNum',
];

const json = fc.jsonValue({ maxDepth: 3 });

/** Any JSON, and JSON shaped like elements closely enough to get past the first checks. */
const msgBody = fc.letrec<{ element: unknown; body: unknown }>((tie) => ({
  element: fc.record({
    MsgType: fc.constantFrom(...MSG_TYPES.map((name) => `TIM${name}Elem`)),
    MsgContent: fc.dictionary(
      fc.constantFrom(...FIELDS),
      fc.oneof({ maxDepth: 4 }, fc.string(), json, fc.array(fc.record({ MsgBody: tie('body') }), { maxLength: 2 })),
      { maxKeys: 3 },
    ),
  }),
  body: fc.oneof({ maxDepth: 4 }, json, fc.array(fc.oneof(json, tie('element')), { maxLength: 3 })),
})).body;

describe('toMessage', () => {
  it('reads the message of the API page', () => {
    expect(toMessage(hello)).toEqual({
      sender: { id: '8618655061639', role: 'user' },
      sentAt: '2024-11-07T00:23:50.138Z',
      text: 'hello',
      content: [{ type: 'text', text: 'hello' }],
    });
  });

  it.each([
    [1, 'user'],
    [2, 'agent'],
    [3, 'system'],
    [4, 'unknown'],
    ['1', 'unknown'],
    [null, 'unknown'],
    [undefined, 'unknown'],
    ['__proto__', 'unknown'],
  ])('calls role %j %s', (fromAccountRole, role) => {
    expect(toMessage({ ...hello, fromAccountRole }).sender.role).toBe(role);
  });

  it('has null if the sender is missing, and knows the first moment of 1970', () => {
    const message = toMessage({ ...hello, fromAccount: null, timestamp: 0 });
    expect(message.sender.id).toBeNull();
    expect(message.sentAt).toBe('1970-01-01T00:00:00.000Z');
  });

  it('turns any JSON of the desk into one entry per element that JSON can carry', () => {
    fc.assert(
      fc.property(msgBody, fc.jsonValue(), (body, fromAccountRole) => {
        const message = toMessage({ ...hello, fromAccountRole, msgBody: body });
        expect(message.content).toHaveLength(Array.isArray(body) ? body.length : body === null ? 0 : 1);
        expect(message.text).toBe(message.text.replace(/\s+/g, ' ').trim());
        // What a store writes and reads again must be the same: no undefined, NaN or Infinity in our own fields.
        expect(() => JSON.stringify(message, refuseHoles)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

function refuseHoles(key: string, value: unknown): unknown {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) throw new Error(`hole at ${key}`);
  return value;
}
