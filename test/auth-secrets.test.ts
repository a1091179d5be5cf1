import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { startSimulator } from '../simulator/simulator.js';
import { AUDIENCE, ISSUER, makeKey, sign, startIssuer } from './auth-issuer.js';
import { freePort } from './free-port.js';
import { ask, speak } from './http.js';
import { type Service, startService } from './service.js';

const PATH = '/sessions/planted/messages';
const TEXT = 'planted-message-text';
const ACCOUNT = 'planted-account';
const KEYS = ['planted-right-key', 'planted-wrong-key', 'planted-second-key'];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Valid and invalid credentials in every form, for every route. */
async function showEverywhere(service: Service, credentials: readonly string[]): Promise<string> {
  let heard = '';
  for (const credential of credentials) {
    for (const headers of [
      { 'x-api-key': credential },
      { authorization: `Bearer ${credential}` },
      { authorization: `Basic ${credential}` },
      { authorization: credential, 'x-api-key': credential },
      { cookie: credential, 'x-request-id': `${credential}!`, traceparent: credential },
    ]) {
      for (const path of [PATH, `${PATH}?limit=0&${credential}`, `/${credential}/%ff`, `/metrics?k=${credential}`]) {
        const answer = await ask(service, path, { headers });
        const { status, text } = answer;
        if (status >= 400)
          heard += text.replaceAll(`"instance":"/${credential}/%ff"`, '').replace(/"field":"[^"]*"/, '');
      }
    }
    for (const rubbish of [`${credential}\r\n\r\n`, `GET / HTTP/1.1\r\nX-API-Key ${credential}\r\n\r\n`]) {
      for (const { text } of await speak(service, rubbish)) heard += text;
    }
  }
  return heard;
}

function expectNoneOf(secrets: readonly string[], text: string): void {
  for (const secret of secrets) expect([secret.slice(0, 30), text.indexOf(secret)]).toEqual([secret.slice(0, 30), -1]);
}

test('LOG_LEVEL=trace shows no key, no digest, no password, no message and no account', async () => {
  const simulator = await startSimulator();
  simulator.setSession('planted', [{ ...textMessage(TEXT, 1), FromAccount: ACCOUNT }]);
  const service = await startService({
    DESK_BASE_URL: simulator.url,
    AUTH_MODE: 'api-key',
    API_KEYS: `ann:${sha256('planted-right-key')},ann:${sha256('planted-second-key')}`,
    REDIS_URL: `redis://planted-user:planted-password@127.0.0.1:${await freePort()}`,
    CACHE_ENCRYPTION_KEY: Buffer.from(sha256('planted-encryption'), 'hex').toString('base64'),
    RATE_LIMIT_PER_MINUTE: '6',
    LOG_LEVEL: 'trace',
  });
  const heard = await showEverywhere(service, KEYS);
  const metrics = (await ask(service, '/metrics', { headers: { 'x-api-key': 'planted-second-key' } })).text;
  expect(await service.stop()).toBe(0);
  await simulator.close();
  // Makes sure that the test finds what it looks for.
  expect(/"audit":"read".*"caller":"ann"/.test(service.output())).toBe(true);
  expect(service.output().includes('too-many-requests')).toBe(true);
  expect(metrics.includes('http_request_duration_seconds')).toBe(true);
  const digests = KEYS.map(sha256);
  const secrets = [
    ...KEYS,
    ...digests,
    TEXT,
    ACCOUNT,
    'planted-user',
    'planted-password',
    sha256('planted-encryption'),
  ];
  expectNoneOf(secrets, heard + metrics + service.output());
});

test('LOG_LEVEL=trace shows no token, valid or forged, and not the address of the keys', async () => {
  const issuer = await startIssuer();
  const key = await makeKey('one');
  issuer.publish(key);
  const jwksUrl = `${issuer.url}?planted-parameter`;
  const service = await startService({
    AUTH_MODE: 'jwt',
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: AUDIENCE,
    JWT_JWKS_URL: jwksUrl,
    DESK_BASE_URL: `http://127.0.0.1:${await freePort()}`,
    DESK_DEADLINE_MS: '200',
    LOG_LEVEL: 'trace',
  });
  const tokens = [await sign(key), await sign(await makeKey('one')), await sign(await makeKey('elsewhere'))];
  let heard = await showEverywhere(service, tokens);
  issuer.answerWith(500);
  tokens.push(await sign(await makeKey('another')));
  heard += await showEverywhere(service, tokens.slice(-1));
  expect(await service.stop()).toBe(0);
  await issuer.close();
  expect(service.output().includes('the keys of JWT_JWKS_URL cannot be fetched')).toBe(true);
  const parts = tokens.flatMap((token) => [token, ...token.split('.').slice(1)]);
  expectNoneOf([...parts, 'planted-parameter', jwksUrl], heard + service.output());
});
