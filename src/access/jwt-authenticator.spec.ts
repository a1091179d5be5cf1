import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { type Caller } from './authenticator.js';
import { JwtAuthenticator } from './jwt-authenticator.js';

let tokens: JwtAuthenticator;
let keys: unknown[] = [];
const server = createServer((_request, response) => response.end(JSON.stringify({ keys })));

beforeAll(async () => {
  const { publicKey } = await generateKeyPair('RS256');
  keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const jwksUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const logger = pino({ enabled: false });
  tokens = new JwtAuthenticator({ issuer: 'issuer', audience: 'audience', jwksUrl, now: () => Date.now(), logger });
  await authenticate(token({ alg: 'RS256', kid: 'one' }));
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function authenticate(sent: string): Caller | undefined | Promise<Caller | undefined> {
  const request = new IncomingMessage(new Socket());
  request.headers = { authorization: `Bearer ${sent}` };
  return tokens.authenticate(request);
}

const token = (header: unknown, payload = 'A', signature = 'A'.repeat(342)): string =>
  asIs(JSON.stringify(header), payload, signature);

const asIs = (header: string, payload = 'A', signature = 'A'): string =>
  `${Buffer.from(header).toString('base64url')}.${payload}.${signature}`;

const HEADER = { alg: 'RS256', kid: 'one' };
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** As large as the request's headers may be. */
const LARGE: Readonly<Record<string, string>> = {
  'nothing but dots': '.'.repeat(15_000),
  'no base64url': `${'!'.repeat(15_000)}.a.b`,
  'a nested header': asIs('['.repeat(11_000)),
  'a header of many names': token({ ...Object.fromEntries(many(1000, (i) => [`n${i}`, i])), ...HEADER }),
  'a long list of what is critical': token({ ...HEADER, b64: true, crit: many(1600, () => 'b64') }),
  'a long number': asIs(`{"alg":"RS256","kid":"one","n":1${'0'.repeat(10_000)}}`),
  'a large payload': token(HEADER, 'A'.repeat(15_000)),
  'a large signature': token(HEADER, 'A', 'A'.repeat(15_000)),
  'no key named': token({ alg: 'RS256' }, 'A'.repeat(15_000)),
};

test.each(Object.entries(LARGE))('a forged token with %s costs a few milliseconds', async (_name, forged) => {
  const costs: number[] = [];
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    for (let i = 0; i < 10; i++) expect(await authenticate(forged)).toBeUndefined();
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 10_000);
  }
  expect(Math.min(...costs)).toBeLessThan(10);
});
