import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { pino } from 'pino';
import { IssuerKeys } from './issuer-keys.js';

let keys: unknown[] = [];
let isFailing = false;
/** Answers instead of the keys. */
let answer: ((response: ServerResponse) => void) | undefined;
let fetches = 0;
let now = 0;
let url: URL;
const server = createServer((_request, response) => {
  fetches += 1;
  if (answer !== undefined) {
    answer(response);
    return;
  }
  response.writeHead(isFailing ? 500 : 200).end(JSON.stringify({ keys }));
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
});

beforeEach(() => {
  keys = [];
  isFailing = false;
  answer = undefined;
  fetches = 0;
  now = Date.now();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function signer(kid: string, alg = 'ES256'): Promise<{ readonly token: string; readonly jwk: object }> {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const token = await new SignJWT({}).setProtectedHeader({ alg, kid }).sign(privateKey);
  return { token, jwk: { ...(await exportJWK(publicKey)), kid, alg } };
}

function issuerKeys(): IssuerKeys {
  return new IssuerKeys({ url, now: () => now, logger: pino({ enabled: false }), onFetched: () => undefined });
}

async function outcome(issuer: IssuerKeys, token: string): Promise<string> {
  try {
    await jwtVerify(token, issuer.find);
    return 'right';
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown';
  }
}

const MINUTES = 60_000;

test('are fetched once for many, and again when they are five minutes old', async () => {
  const one = await signer('one');
  keys = [one.jwk];
  const issuer = issuerKeys();
  expect(await Promise.all([1, 2, 3].map(() => outcome(issuer, one.token)))).toEqual(['right', 'right', 'right']);
  now += 4 * MINUTES;
  expect(await outcome(issuer, one.token)).toBe('right');
  expect(fetches).toBe(1);
  keys = [];
  now += MINUTES;
  expect(await outcome(issuer, one.token)).toBe('JWKSNoMatchingKey');
});

test('are used for an hour while the issuer is unavailable, which is asked twice a minute', async () => {
  const one = await signer('one');
  keys = [one.jwk];
  const issuer = issuerKeys();
  expect(await outcome(issuer, one.token)).toBe('right');
  isFailing = true;
  now += 6 * MINUTES;
  for (let i = 0; i < 5; i++) expect(await outcome(issuer, one.token)).toBe('right');
  expect(fetches).toBe(2);
  now += 55 * MINUTES;
  expect(await outcome(issuer, one.token)).toBe('KeysUnavailableError');
  isFailing = false;
  now += 2000;
  expect(await outcome(issuer, one.token)).toBe('right');
});

test('that were never fetched are unavailable, and requested at most once a second', async () => {
  isFailing = true;
  const { token } = await signer('one');
  const issuer = issuerKeys();
  for (let i = 0; i < 5; i++) expect(await outcome(issuer, token)).toBe('KeysUnavailableError');
  expect(fetches).toBe(1);
});

const SMALL_RSA_MODULUS = Buffer.alloc(128, 0xc5).toString('base64url');

test.each<[string, (good: object) => unknown[]]>([
  ['a 1,024-bit one', (good) => [{ ...good, n: SMALL_RSA_MODULUS }]],
  ['one without its number', (good) => [{ ...good, n: undefined }]],
  ['one whose number is no text', (good) => [{ ...good, n: 5 }]],
  ['one of another kind', (good) => [{ ...good, kty: 'EC' }]],
  ['what is no key', () => [null, 'key', 5, [], {}]],
])('do not include an invalid key, and include the valid one next to it: %s', async (_name, besideOf) => {
  const one = await signer('one', 'RS256');
  for (const set of [
    [...besideOf(one.jwk), one.jwk],
    [one.jwk, ...besideOf(one.jwk)],
  ]) {
    keys = set;
    expect(await outcome(issuerKeys(), one.token)).toBe('right');
  }
});

const MEGABYTE = 1_000_000;

test('may have up to a megabyte', async () => {
  const one = await signer('one');
  const set = JSON.stringify({ keys: [one.jwk] });
  answer = (response) => response.end(set.padEnd(MEGABYTE));
  expect(await outcome(issuerKeys(), one.token)).toBe('right');
  answer = (response) => response.end(set.padEnd(MEGABYTE + 1));
  expect(await outcome(issuerKeys(), one.token)).toBe('KeysUnavailableError');
});

test('are a hundred at most: a token without an id is verified with each', async () => {
  const one = await signer('one');
  const others = Array.from({ length: 99 }, (_, i) => ({ ...one.jwk, kid: `other-${i}` }));
  keys = [...others, one.jwk];
  expect(await outcome(issuerKeys(), one.token)).toBe('right');
  keys = [...others, {}, one.jwk];
  expect(await outcome(issuerKeys(), one.token)).toBe('KeysUnavailableError');
});

test('are measured after decompression', async () => {
  const one = await signer('one');
  const packed = gzipSync(JSON.stringify({ keys: [one.jwk] }).padEnd(60 * MEGABYTE));
  answer = (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
  expect(await outcome(issuerKeys(), one.token)).toBe('KeysUnavailableError');
});

test('that do not end are read no further than the limit', async () => {
  const { token } = await signer('one');
  let sent = 0;
  let closed: Promise<unknown> | undefined;
  answer = (response) => {
    closed = once(response, 'close');
    const more = () => {
      while (!response.destroyed && sent < 200 * MEGABYTE) {
        sent += MEGABYTE;
        if (!response.write(' '.repeat(MEGABYTE))) {
          response.once('drain', more);
          return;
        }
      }
    };
    more();
  };
  expect(await outcome(issuerKeys(), token)).toBe('KeysUnavailableError');
  await closed;
  // What the sockets between the two buffer is not read.
  expect(sent).toBeLessThan(40 * MEGABYTE);
});

test('that take more than three seconds are unavailable', async () => {
  const { token } = await signer('one');
  answer = (response) => response.writeHead(200).write('{');
  const started = performance.now();
  expect(await outcome(issuerKeys(), token)).toBe('KeysUnavailableError');
  expect(performance.now() - started).toBeLessThan(10_000);
});

test.each([
  ['another address', 302, JSON.stringify({ keys: [] })],
  ['a page', 200, '<html>'],
  ['a list', 200, '[]'],
  ['null', 200, 'null'],
  ['a million brackets', 200, '['.repeat(MEGABYTE)],
  ['no list of keys', 200, '{"keys":{}}'],
  ['nothing', 204, ''],
])('are unavailable when the issuer answers with %s', async (_name, status, body) => {
  const { token } = await signer('one');
  answer = (response) => response.writeHead(status, { location: `${url.href}elsewhere` }).end(body);
  expect(await outcome(issuerKeys(), token)).toBe('KeysUnavailableError');
  expect(fetches).toBe(1);
});

test('are not fetched for a key id that is not a string', async () => {
  const one = await signer('one');
  keys = [one.jwk];
  const issuer = issuerKeys();
  expect(await outcome(issuer, one.token)).toBe('right');
  isFailing = true;
  const rest = one.token.slice(one.token.indexOf('.'));
  for (const kid of [5, null, true, ['one'], { one: 1 }]) {
    const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid })).toString('base64url');
    expect(await outcome(issuer, `${header}${rest}`)).toBe('JWSInvalid');
  }
  expect(fetches).toBe(1);
});
