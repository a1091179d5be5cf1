import { expect, test } from '@jest/globals';
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

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}
