import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readablePath, readableQuery } from './request-target.js';

const encodedBytes = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
/** Bytes at the edges of RFC 3629's table, which random bytes hardly ever combine. */
const edges = '7f 80 8f 90 9f a0 bf c0 c1 c2 df e0 ed ef f0 f4 f5 ff'.split(' ').map((byte) => `%${byte}`);
const fragments = fc.constantFrom('%', '%f', '%zz', '%2f', '%C3%A9', '%e2%82%ac', '%F0%9F%8e%A7', 'a', '/', ...edges);
const text = fc.oneof(
  encodedBytes,
  fc.array(fragments).map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }).map(encodeURIComponent),
);

function isDecodable(candidate: string): boolean {
  try {
    decodeURIComponent(candidate);
    return true;
  } catch {
    return false;
  }
}

describe('a readable path', () => {
  test('can be decoded', () => {
    fc.assert(fc.property(text, (sent) => isDecodable(readablePath(sent))));
  });

  test('equals the path that was sent if that can be decoded, and only then', () => {
    fc.assert(
      fc.property(text, (sent) => {
        expect(readablePath(sent) === sent).toBe(isDecodable(sent));
      }),
      { numRuns: 2000 },
    );
  });

  test('is not changed when it is made readable again', () => {
    fc.assert(
      fc.property(text, (sent) => {
        const readable = readablePath(sent);
        expect(readablePath(readable)).toBe(readable);
      }),
    );
  });

  test('is never longer than what was sent, and tells whether something was unreadable', () => {
    fc.assert(
      fc.property(text, (sent) => {
        const readable = readablePath(sent);
        expect(readable.length).toBeLessThanOrEqual(sent.length);
        expect(readable.includes('\ufffd')).toBe(!isDecodable(sent));
      }),
    );
  });

  test('keeps every character at the edge of a length, and none that UTF-8 forbids', () => {
    for (const point of [0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff]) {
      const encoded = encodeURIComponent(String.fromCodePoint(point));
      expect(readablePath(encoded)).toBe(encoded);
    }
    for (const forbidden of ['%C0%80', '%C1%BF', '%E0%9F%BF', '%ED%A0%80', '%F0%8F%BF%BF', '%F4%90%80%80']) {
      expect(readablePath(forbidden)).toMatch(/^\ufffd+$/);
    }
  });
});

test('a readable query has the same names and values, and nothing that URLSearchParams could throw at', () => {
  // One U+FFFD for each byte or one for a truncated character: standards differ, and both are accepted.
  const read = (query: string) => new URLSearchParams(`&${query}`).toString().replace(/(?:%EF%BF%BD)+/g, '%EF%BF%BD');
  fc.assert(
    fc.property(fc.array(fc.oneof(text, fc.constantFrom('&', '=', '+'))), (parts) => {
      const readable = readableQuery(parts.join(''));
      expect(isDecodable(readable)).toBe(true);
      expect(read(readable)).toBe(read(parts.join('')));
    }),
  );
});
