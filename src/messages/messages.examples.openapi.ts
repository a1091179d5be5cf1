import { type Content } from '../content/content.js';
import { toCard } from '../content/elements/card.js';
import { toTextLine } from '../content/text-line.js';
import { type Examples } from '../http/http.openapi.js';
import { SESSION_ID } from '../http/parameters.openapi.js';

const SENT_AT = '2024-11-07T00:23:50.138Z';
const hello: Content = { type: 'text', text: 'hello' };

const image: Content = {
  type: 'image',
  uuid: '1400187352_8618655061639_9d1c',
  format: 'png',
  variants: [
    { kind: 'original', url: 'https://cos.example/receipt.png', size: 1853095, width: 2448, height: 3264 },
    { kind: 'thumbnail', url: 'https://cos.example/receipt-198.png', size: 12535, width: 148, height: 198 },
  ],
};

const data = JSON.stringify({
  customerServicePlugin: 0,
  src: '15',
  content: { header: 'What is it about?', items: [{ content: 'My invoice', desc: '' }], tail: '' },
});
const card: Content = { type: 'custom', data, description: null, extension: null, sound: null, card: toCard(data) };

const relay: Content = {
  type: 'relay',
  title: "Anna and Ben's chat",
  count: 2,
  compatibleText: 'Please upgrade to read this',
  abstracts: ['Anna: hello', 'Ben: [Image]'],
  messages: [
    { from: 'anna', sentAt: '2024-11-07T00:20:00.000Z', content: [hello] },
    { from: 'ben', sentAt: '2024-11-07T00:21:00.000Z', content: [image] },
  ],
  key: null,
};

const message = (content: Content) => ({
  position: 25,
  sender: { id: '8618655061639', role: 'user' },
  sentAt: SENT_AT,
  text: toTextLine([content]),
  content: [content],
});

const page = (summary: string, content: Content) => ({
  summary,
  value: {
    sessionId: SESSION_ID,
    messages: [message(content)],
    page: { limit: 1, offset: 0, order: 'desc', total: 26, nextOffset: 1 },
  },
});

export const messagesExamples: Examples = {
  text: page('A text', hello),
  image: page('An image', image),
  card: page('A card of the Desk plug-in', card),
  relay: page('A merged chat', relay),
  positions: {
    summary: 'By position: what is older than 26',
    value: {
      sessionId: SESSION_ID,
      messages: [message(hello)],
      page: { limit: 1, before: 26, order: 'desc', total: 26, nextBefore: 25 },
    },
  },
};

export const MESSAGES_FILES = {
  ndjson: [
    { type: 'message', ...message(hello), position: 0 },
    { type: 'end', total: 1 },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
  csv:
    'position,sentAt,senderRole,senderId,text,types,urls\r\n' +
    '0,2024-11-07T00:23:50.138Z,user,8618655061639,hello,text,\r\n',
};
