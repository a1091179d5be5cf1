import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { at, isObject, objectAt } from './api-document.js';
import { type Answer, ask } from './http.js';
import { type Service, startService } from './service.js';

let desk: Simulator;
let service: Service;
let strict: Service;

beforeAll(async () => {
  desk = await startSimulator();
  service = await startService({ DESK_BASE_URL: desk.url });
  strict = await startService({
    DESK_BASE_URL: desk.url,
    AUTH_MODE: 'api-key',
    API_KEYS: `a:${'0'.repeat(64)}`,
  });
});

afterAll(async () => {
  await service.kill();
  await strict.kill();
  await desk.close();
});

/** The answer's own text, and that of the document's example for that status and code. */
function expectExample(answer: Answer, code: string): void {
  const responses = at('paths', '/sessions/{sessionId}/messages', 'get', 'responses', String(answer.status));
  const content = objectAt(objectAt(objectAt(responses)['content'])['application/problem+json']);
  const example = objectAt(objectAt(content['examples'])[code])['value'];
  expect(isObject(example)).toBe(true);
  const { instance: _, requestId: __, ...words } = objectAt(example);
  expect(answer.json()).toMatchObject(words);
}

const path = (session: string) => `/sessions/${session}/messages`;

test('an invalid request is answered as documented', async () => {
  expectExample(await ask(service, `${path('load-1')}?limit=101`), 'invalid-request');
});

test('a body and headers that are too large are answered as documented', async () => {
  const body = 'x'.repeat(20_000);
  expectExample(
    await ask(service, path('load-1'), { headers: { 'content-length': '20000' }, body }),
    'invalid-request',
  );
  expectExample(await ask(service, path('load-1'), { headers: { 'x-large': body } }), 'invalid-request');
});

test('missing credentials are answered as documented', async () => {
  expectExample(await ask(strict, path('load-1')), 'unauthorized');
});

test('a wrong method is answered as documented', async () => {
  expectExample(await ask(service, path('load-1'), { method: 'POST' }), 'method-not-allowed');
});

/** A service of its own: cool-downs and the breaker must not reach the next test. */
async function expectOfAnother(settings: Record<string, string>, asked: string, code: string): Promise<void> {
  const other = await startService({ DESK_BASE_URL: desk.url, ...settings });
  expectExample(await ask(other, asked), code);
  await other.kill();
}

test.each([
  [141010, 'session-not-found'],
  [141000, 'upstream-rejected'],
  [141002, 'upstream-failed'],
  [141009, 'upstream-rate-limited'],
])('error %d of the desk is answered as documented: %s', async (error, code) => {
  desk.faultUntilReset({ kind: 'error', code: error }, { sessionId: `load-${error}` });
  await expectOfAnother({}, path(`load-${error}`), code);
});

test('a desk that does not answer is answered as documented', async () => {
  desk.faultUntilReset({ kind: 'hang' }, { sessionId: 'load-1' });
  await expectOfAnother(
    { DESK_ATTEMPT_TIMEOUT_MS: '300', DESK_DEADLINE_MS: '300' },
    path('load-1'),
    'upstream-timeout',
  );
});

test('a caller over the limit is answered as documented', async () => {
  const other = await startService({ DESK_BASE_URL: desk.url, RATE_LIMIT_PER_MINUTE: '1' });
  await ask(other, path('load-2'));
  expectExample(await ask(other, path('load-2')), 'too-many-requests');
  await other.kill();
});
