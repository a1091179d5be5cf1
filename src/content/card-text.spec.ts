import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { toTextLine } from './text-line.js';
import { toContents } from './content.js';

/** The text line of a message with this card, read from the wire format. */
function line(card: object): string {
  return lineOf(JSON.stringify(card));
}

function lineOf(Data: string): string {
  return toTextLine(toContents([{ MsgType: 'TIMCustomElem', MsgContent: { Data } }]));
}

const desk = (src: unknown, more: object = {}) => ({ customerServicePlugin: 0, src, ...more });

test.each([
  ['[Rating] How did we do?', desk('9', { menuContent: { head: 'How did we do?', tail: 'Thank you!', menu: [] } })],
  ['[Rating] Thank you!', desk('9', { menuContent: { head: ' ', tail: 'Thank you!' } })],
  ['[Rating] Very satisfied', desk('10', { menuSelected: { id: '105', content: 'Very satisfied' } })],
  ['[Options] Which one?', desk('15', { content: { header: 'Which one?', items: [{ content: 'Red' }] } })],
  ['[Options] src as a number', desk(15, { content: { title: 'src as a number', items: [] } })],
  ['[Form] Your e-mail address', desk('21', { content: { type: 2, header: 'Your e-mail address' } })],
  ['[Product] Headphones', desk('22', { content: { header: 'Headphones', desc: '¥ 699', url: 'https://a.example' } })],
  ['[Order] 20241107-0031', desk('28', { content: { header: '20241107-0031', desc: 'Replacement' } })],
  ['[Bot] Did you mean', desk('29', { content: { title: 'Did you mean', items: [{ content: 'Refunds' }] } })],
  ['[Bot] Hello there', desk('29', { content: 'Hello\nthere' })],
  ['# Title **bold**', desk('30', { content: '# Title\n\n**bold**' })],
  ['Your order is on its way.', desk('31', { chunks: ['Your order ', 'is on ', 'its way.'], isFinished: 1 })],
  ['From the plug-in', { chatbotPlugin: 1, src: 2, chunks: ['From the', ' plug-in'] }],
  ['[Control]', desk('12', { content: { typing: 1 } })],
  ['[Control]', desk('999')],
  ['[Custom]', { src: '9', menuContent: { head: 'no card' } }],
])('%s', (text, card) => {
  expect(line(card)).toBe(text);
});

describe('a card that is not as documented', () => {
  test.each([
    ['[Rating]', desk('9')],
    ['[Rating]', desk('9', { menuContent: null })],
    ['[Rating]', desk('9', { menuContent: [{ head: 'x' }] })],
    ['[Product]', desk('22', { content: { header: 7, desc: { text: 'x' } } })],
    ['[Options]', desk('15', { content: { items: 'none' } })],
    ['', desk('30', { content: { text: 'x' } })],
    ['', desk('31', { chunks: 'no list' })],
    ['ab', desk('31', { chunks: ['a', 7, null, ['x'], 'b'] })],
  ])('says %j for %j', (text, card) => {
    expect(line(card)).toBe(text);
  });

  it('never throws, and reads nothing from a prototype', () => {
    expect(lineOf('{"customerServicePlugin":0,"src":"22","__proto__":{"content":{"header":"x"}}}')).toBe('[Product]');
    const payload = fc.record({
      customerServicePlugin: fc.constant(0),
      src: fc.integer({ min: 0, max: 33 }),
      content: fc.jsonValue(),
      menuContent: fc.jsonValue(),
      menuSelected: fc.jsonValue(),
      chunks: fc.jsonValue(),
    });
    fc.assert(fc.property(payload, (card) => typeof line(card) === 'string'));
  });

  it('costs little however long it is', () => {
    const chunks = Array.from({ length: 100_000 }, () => ' \n');
    const before = process.cpuUsage();
    expect(line(desk('31', { chunks }))).toBe('');
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(2_000_000);
  });
});
