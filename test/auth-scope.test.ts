import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator } from '../simulator/simulator.js';
import { sign, type SigningKey } from './auth-issuer.js';
import { ask } from './http.js';
import { startJwtService } from './jwt-service.js';
import { type Service } from './service.js';

const PATH = '/sessions/empty-session/messages';

let simulator: Simulator;
let service: Service;
let key: SigningKey;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ simulator, service, key, stop } = await startJwtService({ JWT_REQUIRED_SCOPE: 'desk:read' }));
});

afterAll(() => stop());

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
