import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { pino } from 'pino';
import { IssuerKeys } from './issuer-keys.js';

let keys: unknown[] = [];
let isIll = false;
let fetches = 0;
let now = 0;
let url: URL;
const server = createServer((_request, response) => {
  fetches += 1;
  response.writeHead(isIll ? 500 : 200).end(JSON.stringify({ keys }));
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
});

beforeEach(() => {
  keys = [];
  isIll = false;
  fetches = 0;
  now = Date.now();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function signer(kid: string): Promise<{ readonly token: string; readonly jwk: object }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
  return { token, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
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

test('count for an hour while the issuer is away, which is asked twice a minute', async () => {
  const one = await signer('one');
  keys = [one.jwk];
  const issuer = issuerKeys();
  expect(await outcome(issuer, one.token)).toBe('right');
  isIll = true;
  now += 6 * MINUTES;
  for (let i = 0; i < 5; i++) expect(await outcome(issuer, one.token)).toBe('right');
  expect(fetches).toBe(2);
  now += 55 * MINUTES;
  expect(await outcome(issuer, one.token)).toBe('KeysAwayError');
  isIll = false;
  now += 2000;
  expect(await outcome(issuer, one.token)).toBe('right');
});

test('that were never had are away, and not asked for more than once a second', async () => {
  isIll = true;
  const { token } = await signer('one');
  const issuer = issuerKeys();
  for (let i = 0; i < 5; i++) expect(await outcome(issuer, token)).toBe('KeysAwayError');
  expect(fetches).toBe(1);
});
