import fc from 'fast-check';

/** Raw bytes for one connection, except one header line in each request, which the caller supplies. */
export type RawRequests = (line: string) => string;

/** The place of that line: no generated text has this character. */
const LINE = '\u2028';

/** Targets of pages; three of them always go through Fastify. */
export const PAGE_TARGETS = [
  '/sessions/long-session/messages',
  '/sessions/long-session/messages?limit=5',
  '/sessions/long-session/messages?order=asc&offset=40',
  '/sessions/long-session/messages?',
  '/sessions/long-session/messages?limit=%35',
  '/sessions/long%2Dsession/messages?limit=5',
  'http://elsewhere.example/sessions/long-session/messages',
] as const;

export const UNKNOWN_SESSION = '/sessions/no-such-session/messages';

const OTHER_TARGETS = [
  UNKNOWN_SESSION,
  '/sessions//messages',
  '/sessions/long-session/messages/',
  '/sessions/long-session/messages?limit=5&limit=5',
  '/sessions/long-session/messages?limit=05',
  '/sessions/long-session/messages?limit=5&before=1',
  '/sessions/long-session/messages#limit=5',
  '/SESSIONS/long-session/messages',
  '/sessions/long-session/%zz',
  '//sessions/long-session/messages',
  '/sessions/long-session/messages?order=\xe9',
  '/sessions/long-session/messages ?limit=5',
  '*',
  '/health/live',
] as const;

const HEADERS = [
  'Accept: text/html',
  'Accept-Encoding: gzip',
  'Accept-Encoding: br, gzip;q=0.5',
  'Accept-Encoding: identity;q=0, *;q=0',
  'accept-encoding:GZIP',
  'Authorization: Bearer key',
  'Authorization: Basic a2V5',
  'Cache-Control: max-age=0',
  'Connection: close',
  'Connection: keep-alive',
  // Not both: Node then discards what came behind in the same segment, and no end comes.
  'Connection: Upgrade',
  'Connection: Content-Length',
  'Content-Encoding: gzip',
  'Content-Type: application/json',
  'Content-Type: nonsense',
  'Cookie: a=b',
  'Expect: 100-continue',
  'Expect: more',
  'Host: b',
  'If-Modified-Since: Thu, 07 Nov 2024 00:00:00 GMT',
  'If-None-Match: "another"',
  'If-None-Match: *',
  'If-None-Match: W/"a", "b',
  'Origin: https://dashboard.example',
  'Origin: https://elsewhere.example',
  'Range: bytes=0-9',
  'Trailer: X-After',
  'X-Api-Key: key',
  'X-Api-Key: wrong',
  'X-HTTP-Method-Override: DELETE',
  'X-Request-Id: given.by_the-client',
  'X-Request-Id: not an id',
  `X-Long: ${'x'.repeat(9000)}`,
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
] as const;

const BROKEN_HEADERS = [
  'No colon',
  'X : y',
  'X: y\nZ: 1',
  'X: a\r\n folded',
  'X: \x01',
  'X: \0',
  ': y',
  'X: y\rZ: 1',
] as const;

interface Body {
  /** What says how long it is. */
  readonly framing: string;
  readonly bytes: string;
}

const NO_BODY: Body = { framing: '', bytes: '' };

const ofLength = (length: string, bytes = ''): Body => ({ framing: `Content-Length: ${length}\r\n`, bytes });
const coded = (coding: string, bytes = '0\r\n\r\n'): Body => ({ framing: `Transfer-Encoding: ${coding}\r\n`, bytes });

const WHOLE_BODIES = [
  ofLength('0'),
  ofLength('00'),
  ofLength('5', 'hello'),
  // The next request's first bytes are this one's body.
  ofLength('5'),
  ofLength('16384', 'x'.repeat(16_384)),
  ofLength('16385', 'x'.repeat(16_385)),
  coded('chunked', '5\r\nhello\r\n0\r\n\r\n'),
  coded('chunked', '5;name=value\r\nhello\r\n0\r\nX-After: 1\r\n\r\n'),
  coded('chunked', `4001\r\n${'x'.repeat(0x4001)}\r\n0\r\n\r\n`),
  coded('CHUNKED'),
  coded('\tchunked '),
  coded('gzip, chunked'),
] as const;

const BROKEN_BODIES = [
  ofLength('5\r\nContent-Length: 5', 'hello'),
  ofLength('0\r\nContent-Length: 5', 'hello'),
  ofLength('5, 5', 'hello'),
  ofLength('+5', 'hello'),
  ofLength('0x5', 'hello'),
  ofLength('-1'),
  ofLength(''),
  ofLength('99999999999999999999', 'hello'),
  ofLength('5\r\nTransfer-Encoding: chunked', '0\r\n\r\n'),
  coded('chunked\r\nContent-Length: 5'),
  coded('chunked', 'zz\r\n'),
  coded('chunked', '-1\r\n'),
  coded('chunked', '5\r\nhello0\r\n\r\n'),
  coded('chunked', '5\nhello\n0\n\n'),
  coded('chunked', '5\r\nhello\r\n'),
  coded('chunked', 'fffffffffffffffff\r\nhello'),
  coded('chunked, gzip'),
  coded('chunked, chunked'),
  coded('chunked\r\nTransfer-Encoding: identity'),
  coded('xchunked'),
  coded('identity', ''),
  coded(''),
  { framing: 'Transfer-Encoding : chunked\r\n', bytes: '0\r\n\r\n' },
] as const;

const usually = <T>(usual: readonly T[], other: readonly T[], weight: number) =>
  fc.oneof({ weight, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...other) });

const usualKey = ['X-Api-Key: key\r\n', 'x-api-KEY:key\r\n'] as const;

const whole = {
  method: usually(['GET'], ['HEAD', 'POST', 'OPTIONS', 'DELETE', 'TRACE', 'PROPFIND', 'get', 'BREW'], 9),
  target: usually(PAGE_TARGETS, OTHER_TARGETS, 5),
  version: usually(['HTTP/1.1'], ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'http/1.1'], 20),
  host: usually(['Host: a\r\n'], ['', 'Host:\r\n', 'Host: a, b\r\n', 'HOST:a:80\r\n'], 20),
  key: usually(usualKey, ['', 'X-Api-Key: wrong\r\n', 'X-Api-Key: \t key \t\r\n'], 15),
  headers: fc.array(usually(HEADERS, BROKEN_HEADERS, 40), { maxLength: 4 }),
  body: usually([NO_BODY], WHOLE_BODIES, 4),
};

/** A request with only one fault: with two, it would be undefined which one is answered. */
const broken = {
  ...whole,
  method: fc.constant('GET'),
  target: fc.constantFrom(...PAGE_TARGETS),
  version: fc.constant('HTTP/1.1'),
  host: fc.constant('Host: a\r\n'),
  key: fc.constantFrom(...usualKey),
  headers: fc.constant([]),
  body: fc.constantFrom(...BROKEN_BODIES),
};

const request = fc
  .oneof({ weight: 6, arbitrary: fc.record(whole) }, { weight: 1, arbitrary: fc.record(broken) })
  .map(
    ({ method, target, version, host, key, headers, body: { framing, bytes } }) =>
      `${method} ${target} ${version}\r\n${LINE}\r\n${host}${key}${headers.map((line) => `${line}\r\n`).join('')}` +
      `${framing}\r\n${bytes}`,
  );

/** What may stand between two requests, or not. */
const between = usually([''], ['\r\n', '\r\n\r\n', 'GARBAGE\r\n\r\n', '\0', '\x16\x03\x01\x02\x00', ' ', 'G'], 15);

/** The last request asks for the end of the connection, which would otherwise stay open. */
const LAST = `GET /health/live HTTP/1.1\r\n${LINE}\r\nHost: a\r\nConnection: close\r\n\r\n`;

/** The bytes of one connection: 1 to 4 requests, valid and invalid ones; always the same ones. */
export function sampleRawRequests(count: number): RawRequests[] {
  const pipeline = fc
    .array(fc.tuple(between, request), { minLength: 1, maxLength: 4 })
    .map((requests) => requests.flat().join('') + LAST);
  return fc.sample(pipeline, { numRuns: count, seed: 11 }).map((text) => (line: string) => text.replaceAll(LINE, line));
}
