import { expect, test } from '@jest/globals';
import { chooseEncoding } from './accept-encoding.js';

test('reads a long header up to its hundredth preference', () => {
  expect(chooseEncoding(`${'x,'.repeat(99)}gzip`)).toBe('gzip');
  expect(chooseEncoding(`${'x,'.repeat(100)}gzip`)).toBe('identity');
});
