import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import {
  AUDIENCE,
  inSeconds,
  type Issuer,
  ISSUER,
  makeKey,
  sign,
  type SigningKey,
  startIssuer,
} from '../../test/auth-issuer.js';
import { JwtAuthenticator } from './jwt-authenticator.js';

let issuer: Issuer;
let key: SigningKey;
let authenticator: JwtAuthenticator;
let aheadMs = 0;

beforeAll(async () => {
  [issuer, key] = await Promise.all([startIssuer(), makeKey('one', 'ES256')]);
  issuer.publish(key);
  authenticator = new JwtAuthenticator({
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUrl: issuer.url,
    now: () => Date.now() + aheadMs,
    logger: pino({ level: 'silent' }),
  });
});
afterAll(() => issuer.close());

function shows(token: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = { authorization: `Bearer ${token}` };
  return request;
}

const callerOf = async (claims: Record<string, unknown>) => authenticator.authenticate(shows(await sign(key, claims)));

test.each<[Record<string, unknown>, string[]]>([
  [{ scope: 'desk:read' }, ['desk:read']],
  [{ scope: 'profile desk:read  email' }, ['profile', 'desk:read', 'email']],
  [{ scp: 'other desk:read' }, ['other', 'desk:read']],
  [{ scp: ['desk:read', 7, '', null] }, ['desk:read']],
  [{ scope: 'a', scp: ['b'] }, ['a', 'b']],
  [{ scope: ['nested', ['desk:read']] }, ['nested']],
  [{ scp: { 'desk:read': true } }, []],
  [{ scope: 7, scp: null }, []],
  [{}, []],
])('a token has the scopes of its scope or scp: %j', async (claims, scopes) => {
  expect((await callerOf(claims))?.scopes).toEqual(new Set(scopes));
});

test('a caller is the subject, until the token expires', async () => {
  const exp = inSeconds(20);
  const token = await sign(key, { sub: 'bob', exp });
  const caller = await authenticator.authenticate(shows(token));
  expect(caller).toMatchObject({ name: 'bob', expiresAt: exp * 1000 });
  expect(authenticator.recall(shows(token))).toBe(caller);
  aheadMs = 21_000;
  expect(authenticator.recall(shows(token))).toBeUndefined();
  expect(await authenticator.authenticate(shows(token))).toBeUndefined();
  aheadMs = 0;
});
