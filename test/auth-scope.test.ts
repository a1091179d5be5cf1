import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Issuer, jwtEnvironment, makeKey, sign, type SigningKey, startIssuer } from './auth-issuer.js';
import { ask } from './http.js';
import { type Service, startService } from './service.js';

const PATH = '/sessions/empty-session/messages';

let simulator: Simulator;
let issuer: Issuer;
let service: Service;
let key: SigningKey;

beforeAll(async () => {
  [simulator, issuer, key] = await Promise.all([startSimulator(), startIssuer(), makeKey('one')]);
  issuer.publish(key);
  service = await startService({
    DESK_BASE_URL: simulator.url,
    ...jwtEnvironment(issuer),
    JWT_REQUIRED_SCOPE: 'desk:read',
  });
});

afterAll(async () => {
  await service.kill();
  await Promise.all([simulator.close(), issuer.close()]);
});

const read = async (claims: Record<string, unknown>, path = PATH) =>
  ask(service, path, { headers: { authorization: `Bearer ${await sign(key, claims)}` } });

test.each([
  [{ scope: 'desk:read' }],
  [{ scope: 'profile desk:read email' }],
  [{ scp: 'other desk:read' }],
  [{ scp: ['desk:read', 7] }],
])('a token with the scope is accepted, from memory too: %j', async (claims) => {
  expect((await read(claims)).status).toBe(200);
  expect((await read(claims)).status).toBe(200);
});

test.each([
  [{}],
  [{ scope: 'desk:readable' }],
  [{ scope: 'desk:read:all DESK:READ' }],
  [{ scope: ['nested', ['desk:read']] }],
  [{ scp: { 'desk:read': true } }],
  [{ scope: 7, scp: null }],
])('a token without it is 403 forbidden every time: %j', async (claims) => {
  const calls = simulator.calls.length;
  for (let i = 0; i < 2; i++) {
    const answer = await read(claims);
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ code: 'forbidden', title: 'The credentials are not good for this' });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="desk-bff", error="insufficient_scope", scope="desk:read"',
    );
  }
  expect(simulator.calls).toHaveLength(calls);
});

test('the scrape needs a known caller but no scope; without a token it is 401', async () => {
  expect((await read({}, '/metrics')).status).toBe(200);
  expect((await ask(service, PATH)).status).toBe(401);
  expect((await ask(service, '/metrics')).status).toBe(401);
});
