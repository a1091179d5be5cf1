import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_DEPTH, withinDepth } from './json-depth.js';
import { toContents } from './content.js';

function nested(levels: number, open = '[', core = '', close = ']'): string {
  return open.repeat(levels) + core + close.repeat(levels);
}

describe('withinDepth', () => {
  it('leaves what JSON.stringify can write unchanged', () => {
    const value: unknown = JSON.parse(nested(MAX_DEPTH));
    expect(withinDepth(value)).toBe(value);
  });

  it.each([
    ['lists', nested(100_000)],
    ['objects', nested(100_000, '{"a":', '1', '}')],
  ])('makes a value of 100,000 nested %s writable, and loses nothing', (_, json) => {
    const value: unknown = JSON.parse(json);
    expect(() => JSON.stringify(value)).toThrow(RangeError);

    let inner = withinDepth(value);
    for (let level = 0; level < MAX_DEPTH; level++) [inner] = Object.values(Object(inner) as object) as unknown[];
    const opened = MAX_DEPTH * (json.startsWith('[') ? 1 : '{"a":'.length);
    expect(inner).toBe(json.slice(opened, json.length - MAX_DEPTH));
  });

  it('writes what is too deep as JSON.stringify would', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (core) => {
        const value: unknown = JSON.parse(nested(MAX_DEPTH, '[', JSON.stringify([core, { ['__proto__']: core }])));
        const text = JSON.stringify(JSON.stringify([core, { ['__proto__']: core }]));
        expect(JSON.stringify(withinDepth(value))).toBe(nested(MAX_DEPTH, '[', text));
      }),
      { numRuns: 50 },
    );
  });

  it('is applied wherever outside data enters a message', () => {
    const bomb: unknown = JSON.parse(nested(50_000));
    const data = `{"customerServicePlugin":0,"content":${nested(50_000)}}`;
    const relay = { MsgType: 'TIMRelayElem', MsgContent: { MsgList: [{ MsgBody: [bomb] }] } };
    const card = { MsgType: 'TIMCustomElem', MsgContent: { Data: data } };
    const text = { MsgType: 'TIMTextElem', MsgContent: { Text: bomb } };
    for (const body of [bomb, [bomb], [relay], [card], [text]]) {
      expect(() => JSON.stringify(toContents(body))).not.toThrow();
    }
  });
});
