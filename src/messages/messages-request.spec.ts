import { expect, test } from '@jest/globals';
import { ProblemError } from '../problem/problem.js';
import { readMessagesRequest, recallMessagesRequest, readRefusedRequest } from './messages-request.js';

const WINDOW = { limit: 7, offset: 0, order: 'desc' };

test('a query that was found valid is remembered', () => {
  expect(recallMessagesRequest('/sessions/s/messages?limit=7')).toBeUndefined();
  expect(readMessagesRequest('s', 'limit=7')).toEqual(WINDOW);
  expect(recallMessagesRequest('/sessions/s/messages?limit=7')).toEqual({ sessionId: 's', window: WINDOW });
});

test('a padded query is read and not remembered, so that memory holds no more than a thousand usual ones', () => {
  const padded = `${'&'.repeat(10_000)}limit=7`;
  expect(readMessagesRequest('s', padded)).toEqual(WINDOW);
  expect(recallMessagesRequest(`/sessions/s/messages?${padded}`)).toBeUndefined();
});

test('the query of a request that is refused for another reason is not parsed if it is long', () => {
  const everythingEncoded = 'limit=100&offset=2147483647&order=desc'.replace(/[^&=]/g, encoded);
  expect(readRefusedRequest('s', everythingEncoded)).toEqual({
    sessionId: 's',
    window: { limit: 100, offset: 2147483647, order: 'desc' },
  });
  expect(readRefusedRequest('s', 'limit=0')).toBeUndefined();
  expect(readRefusedRequest('s', `${'&'.repeat(10_000)}limit=7`)).toBeUndefined();
});

test.each([
  ['format=xml&limit=5', ['format']],
  ['format=csv&limit=abc', ['limit']],
  ['format=csv&limit=5', ['limit']],
  ['before=1&after=x&offset=2', ['after', 'offset']],
])('the faults of %s are each listed once', (query, fields) => {
  let errors: readonly { readonly field: string }[] = [];
  try {
    readMessagesRequest('s', query);
  } catch (error) {
    if (error instanceof ProblemError) errors = error.details.errors ?? [];
  }
  expect(errors.map(({ field }) => field)).toEqual(fields);
});

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}
