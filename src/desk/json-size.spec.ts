import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonSize } from './answer.js';

describe('jsonSize', () => {
  it.each([
    ['0', 1, 0],
    ['[]', 2, 1],
    ['[1,2]', 3, 1],
    ['{"a":[{}],"b":[[]]}', 7, 3],
    ['{"a,[{":"\\\\",",":"\\"[[["}', 3, 1],
  ])('counts in %s at most %i values, %i levels deep', (text, values, levels) => {
    expect(jsonSize(text)).toEqual({ values, levels });
  });

  it('never counts too few values, and does not take text for structure', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { values, levels } = jsonSize(JSON.stringify(value));
        expect(levels).toBe(depthOf(value));
        expect(values).toBeGreaterThanOrEqual(countOf(value));
        expect(values).toBeLessThanOrEqual(2 * countOf(value));
      }),
    );
  });
});

function childrenOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function countOf(value: unknown): number {
  return childrenOf(value).reduce<number>((sum, child) => sum + countOf(child), 1);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...childrenOf(value).map(depthOf));
}
