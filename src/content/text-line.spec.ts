import { describe, expect, it } from '@jest/globals';
import { toTextLine } from './text-line.js';
import { toContents } from './content.js';

function line(...elements: [string, object][]): string {
  return toTextLine(toContents(elements.map(([type, MsgContent]) => ({ MsgType: `TIM${type}Elem`, MsgContent }))));
}

describe('toTextLine', () => {
  it.each<[string, string, object]>([
    ['hello', 'Text', { Text: 'hello' }],
    ['', 'Text', {}],
    ['[Location] Shenzhen', 'Location', { Desc: 'Shenzhen' }],
    ['[Location]', 'Location', {}],
    ['[Face]', 'Face', { Index: 1, Data: '[smile]' }],
    ['[Voice] 12s', 'Sound', { Second: 12 }],
    ['[Voice]', 'Sound', {}],
    ['[File] invoice.pdf', 'File', { FileName: 'invoice.pdf' }],
    ['[File]', 'File', {}],
    ['[Image]', 'Image', {}],
    ['[Video] 5s', 'VideoFile', { VideoSecond: 5 }],
    ['[Video]', 'VideoFile', { VideoSecond: 0 }],
    ['[Forwarded] Chat of A and B', 'Relay', { Title: 'Chat of A and B' }],
    ['[Custom]', 'Custom', { Data: 'typing' }],
    ['# Hi', 'Custom', { Data: '{"customerServicePlugin":0,"src":"30","content":"# Hi"}' }],
    ['[Unknown]', 'Hologram', {}],
  ])('is %j for %s', (text, type, content) => {
    expect(line([type, content])).toBe(text);
  });

  it('is empty without elements', () => {
    expect(line()).toBe('');
  });

  it('puts several elements on one line and collapses white space of every kind', () => {
    const spaced = '  two\r\n\tlines\u00a0and\u2028a\u0085third ';
    expect(line(['Text', { Text: spaced }], ['Text', { Text: ' ' }], ['Image', {}])).toBe(
      'two lines and a third [Image]',
    );
  });

  it('treats as white space all that a regular expression does, and U+0085', () => {
    const all = Array.from({ length: 0x10000 }, (_, unit) => `${String.fromCharCode(unit)}a `).join('');
    expect(line(['Text', { Text: all }])).toBe(all.replace(/[\s\u0085]+/g, ' ').trim());
  });

  it('handles half a surrogate pair', () => {
    expect(line(['Text', { Text: 'a\ud800' }])).toBe('a\ud800');
  });
});
