import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pathAsSent, readableTarget } from './request-target.js';
import { queryOf } from '../target.js';

describe('a target that the router can read', () => {
  test.each([
    ['/sessions/a/messages?limit=%zz', '/sessions/a/messages?limit=%zz'],
    ['/sessions/a%3Ab/messages', '/sessions/a%3Ab/messages'],
    ['/sessions/%ff/messages?x=1', '/sessions/\ufffd/messages?x=1'],
    ['/sessions/%zz/messages', '/sessions/\ufffdzz/messages'],
    ['/sessions/100%', '/sessions/100\ufffd'],
    ['/sessions%2f%ff', '/sessions%2f\ufffd'],
    ['/%C3%A9/%C3', '/%C3%A9/\ufffd'],
    ['*', '/*'],
    ['http://host/sessions/a?x', '/sessions/a?x'],
    ['HTTPS://host?x', '/?x'],
    ['ftp://host/a', '/ftp%3A%2F%2Fhost%2Fa'],
  ])('%s is read as %s', (target, readable) => {
    expect(readableTarget(target)).toBe(readable);
  });

  describe('is the result for any target', () => {
    const fragments = '/ % %f %ff %2f %c3%a9 %e2%82 a sessions ? # * http:// https://host'.split(' ');
    const target = fc.array(fc.constantFrom(...fragments)).map((parts) => parts.join(''));
    const pathOf = (text: string) => text.split(/[?#]/, 1)[0] ?? '';

    test('its path begins with a slash and can be decoded', () => {
      fc.assert(
        fc.property(target, (sent) => {
          const readable = readableTarget(sent);
          expect(readable).toMatch(/^\//);
          expect(() => decodeURIComponent(pathOf(readable))).not.toThrow();
        }),
      );
    });

    test('it is unchanged when it is read again', () => {
      fc.assert(
        fc.property(target, (sent) => {
          const readable = readableTarget(sent);
          expect(readableTarget(readable)).toBe(readable);
        }),
      );
    });

    test('a query is passed on as it was sent', () => {
      fc.assert(
        fc.property(target, target, (path, query) => {
          expect(readableTarget(`/${pathOf(path)}?${query}`).endsWith(`?${query}`)).toBe(true);
        }),
      );
    });
  });
});

test('a query is what follows the first question mark', () => {
  expect(queryOf('/a?x=1?y')).toBe('x=1?y');
  expect(queryOf('/a?')).toBe('');
  expect(queryOf('/a')).toBe('');
});

test.each([
  ['/a/%ff?x#y', '/a/%ff'],
  ['http://host/a%zz?x', '/a%zz'],
  ['*', '/*'],
])('the instance of %s is its path as it was sent, %s', (target, instance) => {
  expect(pathAsSent(target)).toBe(instance);
});

test.each([
  '/webhooks/desk/secret',
  '//webhooks//desk/secret',
  '/WebHooks/secret?x=1',
  '/%77ebhooks/desk%2fsecret',
  'http://host/webhooks/desk/secret',
  '/webhook/desk/secret',
  '/behind-a-prefix/webhooks/desk/secret',
  '/x/../webhooks/desk/secret',
])('the instance of %s is the path of the webhook, without the secret', (target) => {
  expect(pathAsSent(target)).toBe('/webhooks/desk');
});

test.each(['/sessions/webhooks/messages', '/sessions/webhook', '/webhooks-of-others'])(
  'the instance of %s is that path: it is no webhook',
  (target) => {
    expect(pathAsSent(target)).toBe(target);
  },
);
