import { botCard, customElement, deskCard, type WireElement } from './wire.js';

const SESSION_ID = 'session-of-everything';

// Channel, state, typing, end and the like: in the records, but not shown to people.
const CONTROL_SOURCES = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 17, 18, 19, 20, 23, 24, 25, 26, 27, 32, 33];

/** The Desk plug-in's cards, the visible ones first; then some that only look like one. */
export function cards(): WireElement[][] {
  const visible = [
    deskCard('9', { menuContent: rating }),
    deskCard('10', { menuSelected: { id: '105', content: 'Very satisfied', sessionId: SESSION_ID } }),
    deskCard('15', { content: { header: 'Which one?', items: [{ content: 'Red', desc: '' }], tail: 'Choose' } }),
    deskCard(15, { content: { title: 'src as a number', items: [] } }),
    deskCard('21', {
      content: { type: 1, header: 'Your question is about', items: [{ name: 'Delivery' }, { name: 'Price' }] },
    }),
    deskCard('21', { content: { type: 2, header: 'Your e-mail address', items: [] } }),
    deskCard('22', {
      content: { header: 'Kettle', desc: '£ 24', pic: 'https://shop.example/k.png', url: 'https://shop.example/k' },
    }),
    deskCard('28', { content: { header: 'Order 31', desc: 'Two kettles', pic: '', url: 'javascript:alert(1)' } }),
    deskCard('29', { content: { title: 'Did you mean', items: [{ id: '1', content: 'Refunds', answer: '' }] } }),
    deskCard('29', { subtype: 'welcome_msg', content: { title: 'Welcome', items: [] } }),
    deskCard('30', { content: '# Title\n\n<img src=x onerror=alert(1)> **bold**' }),
    deskCard('31', { chunks: ['Your order ', 'is on ', 'its way.'], isFinished: 1 }),
    deskCard('31', { chunks: ['Still wri'], isFinished: 0 }),
    botCard(2, { chunks: ['From the ', 'chatbot plug-in'], isFinished: 1 }),
  ];
  const control = CONTROL_SOURCES.map((src) => deskCard(String(src), { content: { command: 'any' } }));
  const alike = [
    botCard(7, { content: 'request' }),
    customElement('{"customerServicePlugin":"0","src":"12"}'),
    customElement('{"customerServicePlugin":0}'),
    customElement('{"customerServicePlugin":"","src":"999"}'),
    customElement('{"customerServicePlugin":null,"src":null}'),
    customElement('{"customerServicePlugin":1,"src":"15"}'),
    customElement('{"chatbotPlugin":2,"src":2}'),
    customElement('{"src":"15","content":{}}'),
    customElement('{"customerServicePlugin":0,"src":"15"'),
    customElement('{"customerServicePlugin":0,"src":"22","__proto__":{"polluted":true},"constructor":1}'),
    ...['', 'null', '[]', '0', '"text"', '{}'].map((data) => customElement(data)),
  ];
  return [...visible, ...control, ...alike].map((element) => [element]);
}

const rating = {
  allowClientSendRating: true,
  effectiveHour: 24,
  head: 'How did we do?',
  tail: 'Thank you!',
  type: 1,
  menu: [
    { id: '101', content: 'Very dissatisfied' },
    { id: '105', content: 'Very satisfied' },
  ],
  expireTime: 1731025430,
  sessionId: SESSION_ID,
};
