import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pathAsSent, readableTarget } from './request-target.js';

describe('a target that the router can read', () => {
  test.each([
    ['/sessions/a/messages?limit=%zz', '/sessions/a/messages?limit=%zz'],
    ['/sessions/a%3Ab/messages', '/sessions/a%3Ab/messages'],
    ['/sessions/%ff/messages?x=1', '/sessions/%25ff/messages?x=1'],
    ['/sessions/%zz/messages', '/sessions/%25zz/messages'],
    ['/sessions/100%', '/sessions/100%25'],
    ['/sessions%2f%ff', '/sessions%2f%25ff'],
    ['/%C3%A9/%C3', '/%C3%A9/%25C3'],
    ['*', '/*'],
    ['http://host/sessions/a?x', '/sessions/a?x'],
    ['HTTPS://host?x', '/?x'],
    ['ftp://host/a', '/ftp%3A%2F%2Fhost%2Fa'],
  ])('%s is read as %s', (target, readable) => {
    expect(readableTarget(target)).toBe(readable);
  });

  test('is what comes out of any target', () => {
    const pieces = fc.constantFrom('/', '%', '%f', '%ff', '%2f', '%c3%a9', '%e2%82', 'a', 'sessions', '?', '#', '*');
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const target = readableTarget(parts.join(''));
        expect(target).toMatch(/^\//);
        expect(() => decodeURIComponent(target.split(/[?#]/, 1)[0] ?? '')).not.toThrow();
      }),
    );
  });
});

test('an instance is the path as it was sent, without its query', () => {
  expect(pathAsSent({ originalUrl: '/a/%ff?x#y', url: '/a/%25ff?x#y' })).toBe('/a/%ff');
  expect(pathAsSent({ originalUrl: 'http://host/a?x', url: '/a?x' })).toBe('/a');
});
