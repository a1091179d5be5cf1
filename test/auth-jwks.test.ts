import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Issuer, makeKey, sign, type SigningKey } from './auth-issuer.js';
import { ask } from './http.js';
import { startJwtService } from './jwt-service.js';
import { type Service } from './service.js';

const PATH = '/sessions/empty-session/messages';

let issuer: Issuer;
let service: Service;
let key: SigningKey;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ issuer, service, key, stop } = await startJwtService({}, async (issuer, key) => {
    issuer.publish(key, await makeKey('other'));
    issuer.answerWith(500);
  }));
});

afterAll(() => stop());

test('while the keys cannot be fetched a token is 503 with Retry-After, and no token is 401', async () => {
  const headers = { authorization: `Bearer ${await sign(key)}` };
  const answer = await ask(service, PATH, { headers });
  expect(answer.status).toBe(503);
  expect(answer.json()).toMatchObject({ code: 'unavailable' });
  expect(answer.headers['retry-after']).toBe('2');
  expect((await ask(service, PATH)).status).toBe(401);

  issuer.answerWith(0);
  // After a failure the keys are not fetched again for a second; below too.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  const started = Date.now();
  expect((await ask(service, PATH, { headers })).status).toBe(503);
  expect(Date.now() - started).toBeLessThan(4500);

  issuer.answerWith(200);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect((await ask(service, PATH, { headers })).status).toBe(200);
});

test('a token without a key id is verified with each key', async () => {
  const token = await sign(key, {}, {});
  expect((await ask(service, PATH, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  const forged = await sign(await makeKey('one'), {}, {});
  expect((await ask(service, PATH, { headers: { authorization: `Bearer ${forged}` } })).status).toBe(401);
});

test.each(['malformed', 'short'])('a valid key is used in spite of a %s one with the same id', async (kid) => {
  const good = await makeKey(kid);
  const n = kid === 'short' ? Buffer.alloc(128, 0xc5).toString('base64url') : '';
  issuer.publish(key, { ...good, jwk: { ...good.jwk, n } }, good);
  expect((await ask(service, PATH, { headers: { authorization: `Bearer ${await sign(good)}` } })).status).toBe(200);
});

test('known keys are still used while the issuer is unavailable', async () => {
  issuer.answerWith(500);
  const token = await sign(key, { sub: 'somebody-new' });
  expect((await ask(service, PATH, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
});
