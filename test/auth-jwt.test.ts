import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exportSPKI } from 'jose';
import {
  AUDIENCE,
  claims,
  inSeconds,
  type Issuer,
  ISSUER,
  makeKey,
  sign,
  signAsIs,
  type SigningKey,
} from './auth-issuer.js';
import { ask } from './http.js';
import { startJwtService } from './jwt-service.js';
import { type Service } from './service.js';
import { until } from './until.js';

const PATH = '/sessions/empty-session/messages';

let issuer: Issuer;
let service: Service;
let key: SigningKey;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ issuer, service, key, stop } = await startJwtService());
});

afterAll(() => stop());

const read = (token: string) => ask(service, PATH, { headers: { authorization: `Bearer ${token}` } });

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function spoilt(): Promise<Record<string, string>> {
  const stranger = await makeKey('one');
  const right = await sign(key);
  const [header = '', payload = '', signature = ''] = right.split('.');
  const unsigned = `${part({ alg: 'none' })}.${part(claims())}`;
  const symmetric = `${part({ alg: 'HS256', kid: 'one' })}.${part(claims())}`;
  const mac = createHmac('sha256', await exportSPKI(key.publicKey))
    .update(symmetric)
    .digest('base64url');
  const asJwk = createHmac('sha256', JSON.stringify(key.jwk)).update(symmetric).digest('base64url');
  return {
    'alg none, unsigned': `${unsigned}.`,
    'alg none with a signature': `${unsigned}.${signature}`,
    'HS256 with the public key': `${symmetric}.${mac}`,
    'HS256 with the JWK': `${symmetric}.${asJwk}`,
    'signed by another key of that id': await sign(stranger),
    'signed by an unknown key': await sign(await makeKey('two')),
    'another issuer': await sign(key, { iss: 'https://elsewhere.example/' }),
    'no issuer': await sign(key, { iss: undefined }),
    'another audience': await sign(key, { aud: 'another-service' }),
    'no audience': await sign(key, { aud: undefined }),
    expired: await sign(key, { exp: inSeconds(-2) }),
    'no expiry': await sign(key, { exp: undefined }),
    'not yet valid': await sign(key, { nbf: inSeconds(60) }),
    'no subject': await sign(key, { sub: undefined }),
    'an empty subject': await sign(key, { sub: '' }),
    'another payload': `${header}.${part(claims({ sub: 'root' }))}.${signature}`,
    'no signature': `${header}.${payload}.`,
    'half a signature': right.slice(0, -100),
    'an encrypted token': `${right}.${signature}.${signature}`,
    'its own key in the header': `${part({ alg: 'RS256', jwk: stranger.jwk })}.${payload}.${signature}`,
    'no token at all': 'abc',
  };
}

test('a token of the issuer is accepted, an expired or altered one is 401', async () => {
  expect((await read(await sign(key))).status).toBe(200);
  expect((await read(await sign(key, { aud: ['x', AUDIENCE] }))).status).toBe(200);
  for (const [name, token] of Object.entries(await spoilt())) {
    const answer = await read(token);
    expect([name, answer.status]).toEqual([name, 401]);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="desk-bff", error="invalid_token"');
    expect(answer.text).not.toContain(token);
  }
});

const ODD_CLAIMS = {
  sub: [null, 0, 5, true, [], ['ann'], {}, { length: 3 }, 'x'.repeat(256), ' \t '],
  exp: [null, '9999999999', true, [9_999_999_999], {}, -1],
  nbf: [null, '0', false, [0], {}],
  iat: [null, 'now', [0], {}],
  iss: [null, 5, [ISSUER], { iss: ISSUER }],
  aud: [null, 5, [], [[AUDIENCE]], { 0: AUDIENCE }, `${AUDIENCE} `],
} as const;

const ODD_HEADERS: readonly Record<string, unknown>[] = [
  ...[5, null, ['one'], {}].map((kid) => ({ alg: 'RS256', kid })),
  ...[undefined, 5, null, ['RS256'], 'rs256', '', '__proto__', 'toString'].map((alg) => ({ alg, kid: 'one' })),
  ...[['exp'], [], 'exp', ['kid', 'kid'], [''], {}].map((crit) => ({ alg: 'RS256', kid: 'one', crit })),
  ...[false, 'no'].map((b64) => ({ alg: 'RS256', kid: 'one', crit: ['b64'], b64 })),
];

const ODD_PAYLOADS = ['', 'null', '5', '"ann"', '[]', '{', '['.repeat(4000), '\ud800'];

test('a signed token with odd types is 401 and no fault of the service', async () => {
  const oddClaims = Object.entries(ODD_CLAIMS).flatMap(([name, values]) =>
    values.map((value) => [{ alg: 'RS256', kid: 'one' }, JSON.stringify(claims({ [name]: value }))] as const),
  );
  const oddHeaders = ODD_HEADERS.map((header) => [header, JSON.stringify(claims())] as const);
  const oddPayloads = [...ODD_PAYLOADS, `{"__proto__":${JSON.stringify(claims())}}`].map(
    (payload) => [{ alg: 'RS256', kid: 'one' }, payload] as const,
  );
  expect((await read(await signAsIs(key, { alg: 'RS256', kid: 'one' }, JSON.stringify(claims())))).status).toBe(200);
  for (const [header, payload] of [...oddClaims, ...oddHeaders, ...oddPayloads]) {
    const token = await signAsIs(key, header, payload);
    expect([header, payload, (await read(token)).status]).toEqual([header, payload, 401]);
  }
  // Lines are written in order: behind this one, nothing of the requests above is missing.
  await ask(service, PATH, { headers: { 'x-request-id': 'behind-odd-types' } });
  await service.logged(/"requestId":"behind-odd-types"/);
  expect(service.output()).not.toMatch(/"level":[56]0|TypeError/);
});

test('a valid token is refused once it has expired', async () => {
  const exp = inSeconds(3);
  const token = await sign(key, { exp });
  expect((await read(token)).status).toBe(200);
  await until(async () => (await read(token)).status === 401);
  expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
});

test('a token anywhere but in one Authorization header is 401', async () => {
  const token = await sign(key);
  const wrong = [
    { 'x-api-key': token },
    { authorization: token },
    { authorization: `Basic ${token}` },
    { cookie: token },
  ];
  for (const headers of [...wrong, { authorization: `Bearer ${token}`, 'x-api-key': 'k' }]) {
    expect((await ask(service, PATH, { headers })).status).toBe(401);
  }
  expect((await ask(service, `${PATH}?access_token=${token}`)).status).toBe(401);
});

test('a rotated key is accepted at once, and the old one no longer', async () => {
  const old = await sign(key);
  expect((await read(old)).status).toBe(200);
  const next = await makeKey('next', 'ES256');
  issuer.publish(next);
  expect((await read(await sign(next))).status).toBe(200);
  expect((await read(old)).status).toBe(401);
  issuer.publish(next, key);
  expect((await read(await sign(key))).status).toBe(200);
});

test('made-up key ids cost the issuer one request a second', async () => {
  const before = issuer.fetches();
  const started = Date.now();
  const forged = await makeKey('forged');
  const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => sign(forged, {}, { kid: `id-${i}` })));
  const answers = await Promise.all(tokens.map(read));
  expect(answers.map(({ status }) => status)).toEqual(tokens.map(() => 401));
  expect(issuer.fetches() - before).toBeLessThanOrEqual(2 + (Date.now() - started) / 1000);
});
