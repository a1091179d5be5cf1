import { describe, expect, it } from '@jest/globals';
import { toCard } from './card.js';

function card(data: unknown): ReturnType<typeof toCard> {
  return toCard(JSON.stringify(data));
}

describe('toCard', () => {
  it('decodes an option list whole', () => {
    const payload = {
      customerServicePlugin: 0,
      src: '15',
      content: { header: 'What is it about?', items: [{ content: 'My invoice', desc: '' }], tail: '' },
    };
    expect(card(payload)).toEqual({ kind: 'options', source: 15, payload });
  });

  it.each([
    ['9', 'rating'],
    ['10', 'rating-result'],
    ['15', 'options'],
    [15, 'options'],
    ['21', 'form'],
    ['22', 'product'],
    ['28', 'order'],
    ['29', 'bot'],
    ['30', 'markdown'],
    ['31', 'stream'],
    ['2', 'control'],
    ['12', 'control'],
    ['33', 'control'],
  ])('calls src %j %s', (src, kind) => {
    expect(card({ customerServicePlugin: '0', src })).toMatchObject({ kind, source: Number(src) });
  });

  it.each([
    [2, 'stream'],
    ['2', 'stream'],
    [7, 'control'],
    [15, 'options'],
  ])('calls the chatbot plug-in’s src %j %s', (src, kind) => {
    expect(card({ chatbotPlugin: 1, src })).toMatchObject({ kind, source: Number(src) });
  });

  it.each([[undefined], [null], [''], [' '], ['typing'], ['1e999'], [true], [[15]], [{ src: 15 }]])(
    'has no source for src %j',
    (src) => {
      expect(card({ customerServicePlugin: 0, src })).toMatchObject({ kind: 'control', source: null });
    },
  );

  it.each([[0], ['0'], ['0.0'], [''], [null]])(
    'accepts customerServicePlugin %j as the mark of a card, as the plug-in does',
    (mark) => {
      expect(card({ customerServicePlugin: mark, src: '9' })).toMatchObject({ kind: 'rating' });
    },
  );

  it.each([
    [{ src: '15' }],
    [{ customerServicePlugin: 1, src: '15' }],
    [{ customerServicePlugin: [], src: '15' }],
    [{ customerServicePlugin: false, src: '15' }],
    [{ customerServicePlugin: { valueOf: 1, toString: 1 }, src: '15' }],
    [{ chatbotPlugin: 0, src: 2 }],
    [{ chatbotPlugin: '', src: 2 }],
    [[{ customerServicePlugin: 0 }]],
    ['15'],
    [null],
  ])('is null for %j, which is no message of the plug-in', (data) => {
    expect(card(data)).toBeNull();
  });

  it.each([[null], [''], ['hello'], ['{"customerServicePlugin":0']])(
    'is null for Data %j, which is no JSON',
    (data) => {
      expect(toCard(data)).toBeNull();
    },
  );

  it('keeps __proto__ as a key like any other', () => {
    const data = '{"customerServicePlugin":0,"src":"15","__proto__":{"polluted":true}}';
    const decoded = toCard(data);
    expect(JSON.stringify(decoded?.payload)).toBe(data);
    expect(Object.getPrototypeOf(decoded?.payload)).toBe(Object.prototype);
    // Not inherited either: a mark below __proto__ is no mark.
    expect(toCard('{"__proto__":{"customerServicePlugin":0}}')).toBeNull();
  });
});
