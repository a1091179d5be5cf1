import { describe, expect, test } from '@jest/globals';
import { apiKeyIn, tokenIn } from './credentials.js';

describe('an API key', () => {
  test.each([
    [{ 'x-api-key': 'k' }, 'k'],
    [{ authorization: 'Bearer k' }, 'k'],
    [{ authorization: 'bEARER   k' }, 'k'],
    [{}, undefined],
    [{ 'x-api-key': '' }, undefined],
    [{ 'x-api-key': ['k', 'k'] }, undefined],
    [{ 'x-api-key': 'k', authorization: 'Bearer k' }, undefined],
    [{ 'x-api-key': 'k', authorization: '' }, undefined],
    [{ authorization: 'k' }, undefined],
    [{ authorization: 'Bearer' }, undefined],
    [{ authorization: 'Bearer ' }, undefined],
    [{ authorization: 'Bearer k, Bearer k' }, undefined],
    [{ authorization: 'Basic k' }, undefined],
  ])('%j has %s', (headers, key) => {
    expect(apiKeyIn(headers)).toBe(key);
  });
});

test('a token is read from a Bearer header only', () => {
  expect(tokenIn({ authorization: 'Bearer a.b.c' })).toBe('a.b.c');
  expect(tokenIn({ 'x-api-key': 'a.b.c' })).toBeUndefined();
  expect(tokenIn({ 'x-api-key': '', authorization: 'Bearer a.b.c' })).toBeUndefined();
});
