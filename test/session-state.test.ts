import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { expectProblem } from './problem.js';
import { readScrape } from './scrape.js';
import { type Service, startService } from './service.js';

let simulator: Simulator;
let service: Service;
let made = 0;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({
    DESK_BASE_URL: simulator.url,
    DESK_MAX_RPS: '10000',
    RATE_LIMIT_PER_MINUTE: '0',
    CACHE_FRESH_MIN_MS: '30000',
    CACHE_NOT_FOUND_MS: '60000',
  });
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

/** A session in this state; returns the path of its state. */
function sessionIn(currentState: string, agentId = ''): { id: string; path: string } {
  const id = `state-${++made}`;
  simulator.setSession(id, []);
  simulator.setState(id, currentState, agentId);
  return { id, path: `/sessions/${id}` };
}

const callsFor = (id: string) => simulator.calls.filter((call) => call.sessionId === id).map(({ command }) => command);

test.each([
  ['NotInSession', '', 'not-in-session', null],
  ['Chatbot', '', 'chatbot', null],
  ['WaitingForAgentAnswering', 'test@qq.com', 'waiting-for-agent', 'test@qq.com'],
  ['Queueing', '', 'queueing', null],
  ['Agent', 'test@qq.com', 'agent', 'test@qq.com'],
  ['SomethingNew', '', 'unknown', null],
])('%s is translated', async (currentState, agentId, state, agent) => {
  const { id, path } = sessionIn(currentState, agentId);
  const answer = await ask(service, path);
  expect(answer.status).toBe(200);
  expect(answer.json()).toEqual({ id, state, agent: { id: agent } });
  expect(callsFor(id)).toEqual(['get_session_state']);
});

test('a state is cached with validators like a page, for CACHE_FRESH_MIN_MS', async () => {
  const { id, path } = sessionIn('Agent', 'test@qq.com');
  const [first] = await Promise.all(Array.from({ length: 20 }, () => ask(service, path)));
  expect(first?.headers).toMatchObject({ 'cache-control': 'private, max-age=30', vary: 'Accept-Encoding' });
  expect(first?.headers).not.toHaveProperty('last-modified');
  simulator.setState(id, 'NotInSession');
  const second = await ask(service, path);
  expect(second.body).toEqual(first?.body);
  expect(second.headers['cache-status']).toMatch(/^desk-bff; hit; ttl=\d+; detail=memory$/);
  const etag = String(second.headers.etag);
  expect((await ask(service, path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  const head = await ask(service, path, { method: 'HEAD' });
  expect([head.status, head.body.length, head.headers.etag]).toEqual([200, 0, etag]);
  expect(callsFor(id)).toHaveLength(1);
  const asked = await ask(service, path, { headers: { 'cache-control': 'no-cache' } });
  expect(asked.json()).toMatchObject({ state: 'not-in-session', agent: { id: null } });
  expect((await ask(service, path)).json()).toMatchObject({ state: 'not-in-session' });
  expect(callsFor(id)).toHaveLength(2);
});

test.each([141005, 141010])('%d is 404 session-not-found here, and remembered', async (code) => {
  const { id, path } = sessionIn('Agent');
  simulator.failNext({ kind: 'error', code }, { sessionId: id });
  const expected = { status: 404, code: 'session-not-found', instance: path } as const;
  expectProblem(await ask(service, path), { ...expected, upstreamCode: code });
  expect((await ask(service, path)).status).toBe(404);
  expect(callsFor(id)).toHaveLength(1);
});

test('an answer without a state is malformed: 502', async () => {
  const { id, path } = sessionIn('Agent');
  const body = JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', CurrentState: 7 });
  simulator.faultUntilReset({ kind: 'body', body }, { sessionId: id });
  expectProblem(await ask(service, path), { status: 502, code: 'upstream-failed', instance: path });
});

test('bad input is 400 with every fault', async () => {
  const answer = await ask(service, '/sessions/a%20b?limit=1&limit=2&x=');
  expectProblem(answer, {
    status: 400,
    code: 'invalid-request',
    instance: '/sessions/a%20b',
    errors: [
      { field: 'limit', message: 'is not a parameter of this resource' },
      { field: 'x', message: 'is not a parameter of this resource' },
      { field: 'sessionId', message: 'must be 1 to 128 characters out of A-Z a-z 0-9 . _ ~ @ : + = -' },
    ],
  });
  expect((await ask(service, '/sessions/a', { method: 'POST' })).headers.allow).toBe('GET, HEAD');
});

test('a state has its own labels in metrics, and an audit line', async () => {
  const { id, path } = sessionIn('Chatbot');
  await ask(service, path, { headers: { 'x-request-id': `audit-${id}` } });
  const scrape = readScrape((await ask(service, '/metrics')).text);
  const has = (name: string, labels: Record<string, string>) =>
    (scrape.get(name) ?? []).some((sample) =>
      Object.entries(labels).every(([key, value]) => sample.get(key) === value),
    );
  expect(has('http_request_duration_seconds_count', { route: '/sessions/:sessionId', status: '200' })).toBe(true);
  expect(has('cache_requests_total', { resource: 'state', outcome: 'miss' })).toBe(true);
  expect(has('desk_calls_total', { command: 'get_session_state', code: '0' })).toBe(true);
  expect(has('desk_call_duration_seconds_count', { command: 'get_session_state' })).toBe(true);
  const audit = await service.logged(new RegExp(`"audit":"read","requestId":"audit-${id}"`));
  expect(audit).toContain(`"caller":"127.0.0.1","sessionId":"${id}","outcome":"miss"`);
});

test('141009 stops only its own command; a limit of the application stops all', async () => {
  const other = await startService({
    DESK_BASE_URL: simulator.url,
    DESK_MAX_RPS: '10000',
    DESK_COOLDOWN_MIN_MS: '60000',
  });
  try {
    const [limited, calm, third] = [sessionIn('Agent'), sessionIn('Agent'), sessionIn('Agent')];
    simulator.failNext({ kind: 'error', code: 141009 }, { sessionId: limited.id });
    expect((await ask(other, limited.path)).status).toBe(429);
    expect((await ask(other, calm.path)).status).toBe(429);
    expect((await ask(other, `${calm.path}/messages`)).status).toBe(200);
    const text = (await ask(other, '/metrics')).text;
    expect(text).toMatch(/desk_cooldown_seconds\{command="get_session_state"\} [1-9]/);
    expect(text).toMatch(/desk_cooldown_seconds\{command="describe_chat_messages"\} 0/);
    expect(text).toMatch(/desk_cooldown_seconds\{command="all"\} 0/);
    simulator.failNext({ kind: 'error', code: 60011 }, { sessionId: third.id });
    expect((await ask(other, `${third.path}/messages`)).status).toBe(429);
    expect((await ask(other, `${sessionIn('Agent').path}/messages`)).status).toBe(429);
    expect(callsFor(calm.id)).toEqual(['describe_chat_messages']);
  } finally {
    await other.kill();
  }
});
