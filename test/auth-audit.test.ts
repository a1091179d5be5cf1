import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { freePort } from './free-port.js';
import { ask } from './http.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

const KEY = { 'x-api-key': 'ann-key' };

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
});

afterEach(async () => {
  await service.kill();
  simulator.reset();
});

afterAll(() => simulator.close());

async function start(level: string): Promise<void> {
  service = await startService({
    DESK_BASE_URL: simulator.url,
    PORT: String(await freePort()),
    AUTH_MODE: 'api-key',
    API_KEYS: `ann:${createHash('sha256').update('ann-key').digest('hex')}`,
    RATE_LIMIT_PER_MINUTE: '6',
    LOG_LEVEL: level,
  });
}

/** All lines of the audit: the log is complete once the service has ended. */
async function auditLines(): Promise<unknown[]> {
  expect(await service.stop()).toBe(0);
  return service
    .output()
    .split('\n')
    .filter((line) => line.includes('"audit"'))
    .map((line): unknown => JSON.parse(line));
}

const DEFAULT = { limit: 20, offset: 0, order: 'desc' };

test.each(['trace', 'warn', 'fatal'])('one line for each read, LOG_LEVEL=%s', async (level) => {
  await start(level);
  const read = (id: string, path: string, method = 'GET') =>
    ask(service, `/sessions/${path}`, { method, headers: { ...KEY, 'x-request-id': id } });
  await read('r1', 'long-session/messages?limit=3&offset=7&order=asc');
  await read('r2', 'long-session/messages?limit=3&offset=7&order=asc', 'HEAD');
  await read('r3', 'not-there/messages');
  simulator.failNext({ kind: 'error', code: 141009 });
  await read('r4', 'session-0001/messages');
  await read('bad', 'long-session/messages?limit=0');
  await read('nowhere', 'long-session/notes');
  await read('r5', 'long-session/messages');
  await read('r6', 'long%2Dsession/messages?limit=9', 'HEAD');
  await read('refused-and-bad', 'long-session/messages?limit=0');
  await ask(service, '/sessions/long-session/messages', { headers: { 'x-request-id': 'stranger' } });
  const window = { limit: 3, offset: 7, order: 'asc' };
  const line = (requestId: string, sessionId: string, rest: object) =>
    expect.objectContaining({ requestId, sessionId, caller: 'ann', audit: 'read', time: expect.any(String), ...rest });
  expect(await auditLines()).toEqual([
    line('r1', 'long-session', { ...window, outcome: 'miss', status: 200 }),
    line('r2', 'long-session', { ...window, outcome: 'hit', status: 200 }),
    line('r3', 'not-there', { ...DEFAULT, outcome: 'session-not-found', status: 404 }),
    line('r4', 'session-0001', { ...DEFAULT, outcome: 'upstream-rate-limited', status: 429 }),
    line('r5', 'long-session', { ...DEFAULT, outcome: 'too-many-requests', status: 429 }),
    line('r6', 'long-session', { ...DEFAULT, limit: 9, outcome: 'too-many-requests', status: 429 }),
  ]);
});

test('a client that disconnected before its answer is audited too', async () => {
  await start('error');
  simulator.faultUntilReset({ kind: 'hang' });
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  socket.write('GET /sessions/long-session/messages HTTP/1.1\r\nHost: a\r\nX-API-Key: ann-key\r\n\r\n');
  await until(() => simulator.calls.length === 1);
  socket.destroy();
  await service.logged(/"audit"/);
  expect(await auditLines()).toMatchObject([
    { caller: 'ann', sessionId: 'long-session', outcome: 'aborted', status: 499 },
  ]);
});

test('LOG_LEVEL=silent writes nothing', async () => {
  await start('silent');
  expect((await ask(service, '/sessions/long-session/messages', { headers: KEY })).status).toBe(200);
  expect(await service.stop()).toBe(0);
  expect(service.output()).toBe('');
});
