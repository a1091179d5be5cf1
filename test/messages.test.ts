import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { everything } from '../simulator/sessions/everything.js';
import { customElement, message, textMessage } from '../simulator/sessions/wire.js';
import { type Simulator } from '../simulator/simulator.js';
import { contentTypes } from '../src/content/content-type.js';
import { ask } from './http.js';
import { type Service } from './service.js';
import { startSimulated } from './simulated-service.js';

let simulator: Simulator;
let service: Service;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ simulator, service, stop } = await startSimulated({ DESK_MAX_RPS: '10000', RATE_LIMIT_PER_MINUTE: '0' }));
});

afterAll(() => stop());

interface Shown {
  readonly sender: unknown;
  readonly sentAt: string;
  readonly text: string;
  readonly content: readonly ShownContent[];
}

interface ShownContent {
  readonly type: string;
  readonly raw?: unknown;
  readonly card?: { readonly kind: string } | null;
  readonly messages?: readonly { readonly content: readonly ShownContent[] }[];
}

async function messagesOf(id: string, query = ''): Promise<readonly Shown[]> {
  const answer = await ask(service, `/sessions/${id}/messages?order=asc${query}`);
  expect(answer.status).toBe(200);
  return messagesIn(answer.json());
}

function messagesIn(page: unknown): readonly Shown[] {
  if (!isPage(page)) throw new Error('no page');
  return page.messages;
}

function isPage(page: unknown): page is { readonly messages: readonly Shown[] } {
  return typeof page === 'object' && page !== null && 'messages' in page && Array.isArray(page.messages);
}

async function shown(...body: unknown[]): Promise<Shown> {
  const id = `shown-${shownCount++}`;
  simulator.setSession(id, [{ FromAccount: 'ann', FromAccountRole: 1, MsgBody: body, Timestamp: 1730939030138 }]);
  const [only] = await messagesOf(id);
  if (only === undefined) throw new Error('no message');
  return only;
}

let shownCount = 0;

const element = (MsgType: unknown, MsgContent: unknown) => ({ MsgType, MsgContent });

async function allOf(id: string): Promise<readonly Shown[]> {
  return [...(await messagesOf(id, '&limit=100')), ...(await messagesOf(id, '&limit=100&offset=100'))];
}

/** The desk's elements of a message: a list, nothing, or a single element. */
function elementsOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  return body === null || body === undefined ? [] : [body];
}

describe('the session of everything', () => {
  test('is answered completely: one message for each, one entry for each element', async () => {
    const all = await allOf('session-of-everything');
    const wire = everything().map((one) => Object.assign({ MsgBody: undefined, Timestamp: Number.NaN }, one));
    expect(all.map(({ sentAt }) => Date.parse(sentAt))).toEqual(wire.map(({ Timestamp }) => Timestamp));
    expect(all.map(({ content }) => content.length)).toEqual(wire.map(({ MsgBody }) => elementsOf(MsgBody).length));
  });

  test('keeps the whole element if its type is unknown', async () => {
    const elements = everything().flatMap((one) => elementsOf(Object.assign({ MsgBody: undefined }, one).MsgBody));
    const contents = (await allOf('session-of-everything')).flatMap(({ content }) => content);
    for (const [i, entry] of contents.entries()) {
      if (entry.type === 'unknown') expect(entry.raw).toEqual(elements[i]);
    }
  });

  test('knows every type of content and every kind of card', async () => {
    const contents = (await allOf('session-of-everything')).flatMap(({ content }) => content);
    expect(new Set(contents.map(({ type }) => type))).toEqual(new Set<string>(contentTypes));
    const kinds = contents.flatMap(({ card }) => (card ? [card.kind] : []));
    expect(new Set(kinds)).toEqual(
      new Set([
        'rating',
        'rating-result',
        'options',
        'form',
        'product',
        'order',
        'bot',
        'markdown',
        'stream',
        'control',
      ]),
    );
  });

  test('has one plain line of text for every message', async () => {
    for (const { text } of await allOf('session-of-everything')) {
      expect(text).toBe(text.replace(/\s+/g, ' ').trim());
    }
  });

  test('is the same page in every window and order', async () => {
    const all = await allOf('session-of-everything');
    const answer = await ask(service, '/sessions/session-of-everything/messages?limit=7&offset=5&order=desc');
    expect(messagesIn(answer.json())).toEqual(all.slice(-12, -5).reverse());
  });
});

describe('each element', () => {
  const cases: [string, unknown, unknown, unknown][] = [
    ['text', element('TIMTextElem', { Text: 'a\n b' }), 'a b', { type: 'text', text: 'a\n b' }],
    ['text without Text', element('TIMTextElem', {}), '', { type: 'text', text: null }],
    [
      'location',
      element('TIMLocationElem', { Desc: 'Here', Latitude: 22.5, Longitude: -0.25 }),
      expect.stringContaining('Here'),
      { type: 'location', description: 'Here', latitude: 22.5, longitude: -0.25 },
    ],
    ['face', element('TIMFaceElem', { Index: 0, Data: 'd' }), '[Face]', { type: 'face', index: 0, data: 'd' }],
    [
      'sound',
      element('TIMSoundElem', { Url: 'u', UUID: 'i', Size: 9, Second: 12, Download_Flag: 2 }),
      '[Voice] 12s',
      { type: 'sound', url: 'u', uuid: 'i', size: 9, seconds: 12 },
    ],
    [
      'sound of an old SDK',
      element('TIMSoundElem', { UUID: 'i', Size: 9, Second: 1 }),
      '[Voice] 1s',
      { type: 'sound', url: null, uuid: 'i', size: 9, seconds: 1 },
    ],
    [
      'file',
      element('TIMFileElem', { Url: 'u', UUID: 'i', FileSize: 9, FileName: 'invoice.pdf', Download_Flag: 2 }),
      '[File] invoice.pdf',
      { type: 'file', url: 'u', uuid: 'i', name: 'invoice.pdf', size: 9 },
    ],
    [
      'image',
      element('TIMImageElem', {
        UUID: 'i',
        ImageFormat: 255,
        ImageInfoArray: [{ Type: 2, Size: 1, Width: 2, Height: 3, URL: 'u' }, { Type: 7 }],
      }),
      '[Image]',
      {
        type: 'image',
        uuid: 'i',
        format: 'other',
        variants: [
          { kind: 'large', url: 'u', size: 1, width: 2, height: 3 },
          { kind: 'unknown', url: null, size: null, width: null, height: null },
        ],
      },
    ],
    [
      'image without a list',
      element('TIMImageElem', { UUID: 'i', ImageFormat: 1 }),
      '[Image]',
      { type: 'image', uuid: 'i', format: 'jpg', variants: [] },
    ],
    [
      'video of an old SDK',
      element('TIMVideoFileElem', { VideoUUID: 'v', VideoSize: 1, VideoSecond: 5, VideoFormat: 'mp4' }),
      '[Video] 5s',
      {
        type: 'video',
        url: null,
        uuid: 'v',
        size: 1,
        seconds: 5,
        format: 'mp4',
        thumbnail: { url: null, uuid: null, size: null, width: null, height: null, format: null },
      },
    ],
    [
      'custom',
      element('TIMCustomElem', { Data: 'message', Desc: 'notification', Ext: 'url', Sound: 's' }),
      '[Custom]',
      { type: 'custom', data: 'message', description: 'notification', extension: 'url', sound: 's', card: null },
    ],
    [
      'custom with a card',
      customElement('{"customerServicePlugin":"0","src":"9","menuContent":{"head":"?"}}'),
      '[Rating] ?',
      {
        type: 'custom',
        data: '{"customerServicePlugin":"0","src":"9","menuContent":{"head":"?"}}',
        description: '',
        extension: '',
        sound: '',
        card: {
          kind: 'rating',
          source: 9,
          payload: { customerServicePlugin: '0', src: '9', menuContent: { head: '?' } },
        },
      },
    ],
  ];
  test.each(cases)('%s', async (_, wire, text, content) => {
    expect(await shown(wire)).toMatchObject({ text, content: [content] });
    expect((await shown(wire)).content).toEqual([content]);
  });

  const strangers: [string, unknown, string | null][] = [
    ['an unknown type', element('TIMHologramElem', { Beam: [1] }), 'TIMHologramElem'],
    ['a type that every object has', element('toString', {}), 'toString'],
    ['no MsgContent', { MsgType: 'TIMTextElem' }, 'TIMTextElem'],
    ['a MsgContent of null', element('TIMTextElem', null), 'TIMTextElem'],
    ['a MsgContent that is a list', element('TIMTextElem', []), 'TIMTextElem'],
    ['a field of another type', element('TIMTextElem', { Text: 42 }), 'TIMTextElem'],
    ['a nested field of another type', element('TIMImageElem', { ImageInfoArray: [{ Size: '1' }] }), 'TIMImageElem'],
    ['a fraction for an Integer', element('TIMRelayElem', { MsgNum: 1.5 }), 'TIMRelayElem'],
    ['a type that is a number', element(5, {}), null],
    ['a number', 7, null],
    ['a text', 'TIMTextElem', null],
    ['null', null, null],
    ['a list', [element('TIMTextElem', { Text: 'x' })], null],
  ];
  test.each(strangers)('unknown, and whole: %s', async (_, raw, rawType) => {
    expect((await shown(raw)).content).toEqual([{ type: 'unknown', rawType, raw }]);
  });

  test('a relay is read five deep, a sixth is unknown', async () => {
    let wire: unknown = element('TIMTextElem', { Text: 'innermost' });
    for (let depth = 0; depth < 6; depth++) {
      wire = element('TIMRelayElem', {
        Title: `${depth}`,
        MsgList: [{ From_Account: 'a', MsgTimeStamp: 1, MsgBody: [wire] }],
      });
    }
    const types: string[] = [];
    let [content] = (await shown(wire)).content;
    for (; content !== undefined; content = content.messages?.[0]?.content[0]) types.push(content.type);
    expect(types).toEqual(['relay', 'relay', 'relay', 'relay', 'relay', 'unknown']);
  });

  test('a relayed message has a sender, a time in ISO 8601 and its own content', async () => {
    const MsgList = [
      { From_Account: 'ann', MsgTimeStamp: 1730939030, MsgBody: [element('TIMFaceElem', { Index: 1 })] },
      {},
    ];
    const { content, text } = await shown(
      element('TIMRelayElem', { Title: 'T', MsgNum: 2, AbstractList: ['a'], MsgList }),
    );
    expect(text).toContain('T');
    expect(content).toEqual([
      {
        type: 'relay',
        title: 'T',
        count: 2,
        compatibleText: null,
        abstracts: ['a'],
        messages: [
          { from: 'ann', sentAt: '2024-11-07T00:23:50.000Z', content: [{ type: 'face', index: 1, data: null }] },
          { from: null, sentAt: null, content: [] },
        ],
        key: null,
      },
    ]);
  });

  test('several elements are one line, joined by spaces', async () => {
    const { text } = await shown(
      element('TIMTextElem', { Text: ' look: ' }),
      element('TIMImageElem', {}),
      element('TIMTextElem', { Text: '' }),
      element('TIMFileElem', { FileName: 'a\tb.txt' }),
    );
    expect(text).toBe('look: [Image] [File] a b.txt');
  });

  test('a message nested 50,000 deep does not break its page', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const body = `{"ErrorCode":0,"TotalCount":1,"Messages":[{"Timestamp":1,"MsgBody":[{"MsgType":"x","MsgContent":${deep}}]}]}`;
    simulator.setSession('deep', [textMessage('replaced', 1)]);
    simulator.faultUntilReset({ kind: 'body', body }, { sessionId: 'deep' });
    const answer = await ask(service, '/sessions/deep/messages');
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ messages: [{ content: [{ type: 'unknown', rawType: 'x' }] }] });
  });
});

describe('senders', () => {
  const senders: [unknown, unknown, unknown][] = [
    ['ann', 1, { id: 'ann', role: 'user' }],
    ['ann', 2, { id: 'ann', role: 'agent' }],
    ['ann', 3, { id: 'ann', role: 'system' }],
    ['ann', 0, { id: 'ann', role: 'unknown' }],
    ['ann', '1', { id: 'ann', role: 'unknown' }],
    ['', 4, { id: '', role: 'unknown' }],
    [undefined, undefined, { id: null, role: 'unknown' }],
    [null, null, { id: null, role: 'unknown' }],
  ];
  test.each(senders)('FromAccount %j in role %j', async (FromAccount, FromAccountRole, sender) => {
    const id = `sender-${shownCount++}`;
    simulator.setSession(id, [{ FromAccount, FromAccountRole, MsgBody: [], Timestamp: 0 }]);
    expect(await messagesOf(id)).toEqual([
      { position: 0, sender, sentAt: '1970-01-01T00:00:00.000Z', text: '', content: [] },
    ]);
  });

  test('undocumented fields are left out', async () => {
    simulator.setSession('extra', [{ ...message('a', 1, 5), MsgKey: '1_2_3', CloudCustomData: '{}' }]);
    const [only] = await messagesOf('extra');
    expect(Object.keys(only ?? {})).toEqual(['position', 'sender', 'sentAt', 'text', 'content']);
  });
});
