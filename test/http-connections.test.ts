import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask, speak } from './http.js';
import { type Service, startService } from './service.js';

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({ DESK_BASE_URL: simulator.url });
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

/** The log is written behind the answer. */
async function loggedLine(requestId: string): Promise<unknown> {
  for (let tries = 0; tries < 100; tries++) {
    const line = service
      .output()
      .split('\n')
      .find((one) => one.includes(requestId));
    if (line !== undefined) return JSON.parse(line);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}

test('a client that goes away leaves a line of each request that it had sent, those behind another included', async () => {
  simulator.faultUntilReset({ kind: 'latency', ms: 1000 }, { sessionId: 'load-1' });
  const askAs = (id: string) => `GET /sessions/load-1/messages HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`;
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.write(askAs('went-1') + askAs('went-2'));
  while (!simulator.calls.some(({ sessionId }) => sessionId === 'load-1')) await ask(service, '/health/live');
  socket.destroy();
  expect(await loggedLine('went-1')).toMatchObject({ status: 499 });
  expect(await loggedLine('went-2')).toMatchObject({ status: 499 });
  simulator.clearFaults();
});

const HIDDEN = 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n';

test.each([
  ['length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'Content-Length: 0\r\nContent-Length: 36\r\n\r\n'],
  ['a list of lengths', 'Content-Length: 0, 36\r\n\r\n'],
  ['a length that is no number', 'Content-Length: 0x10\r\n\r\n'],
  ['chunks that are not the last coding', 'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a coding with a space before its colon', 'Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
  ['a folded header', 'Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n'],
  ['a bare line feed', 'X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
])('%s is 400 and the connection closed, what hides behind it unanswered', async (_, rest) => {
  const answers = await speak(service, `POST /sessions/a/messages HTTP/1.1\r\nHost: a\r\n${rest}${HIDDEN}`);
  expect(answers).toHaveLength(1);
  expect(answers[0]).toMatchObject({ status: 400, headers: { connection: 'close', 'cache-control': 'no-store' } });
  expect(answers[0]?.json()).toMatchObject({ code: 'invalid-request' });
});

test('a chunk that is none ends the connection', async () => {
  const answers = await speak(
    service,
    `POST /sessions/a/messages HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${HIDDEN}`,
  );
  expect(answers.at(-1)).toMatchObject({ status: 400, headers: { connection: 'close' } });
  expect(answers.some(({ status }) => status === 200)).toBe(false);
});

test('what never became a request has its line in the log and counts', async () => {
  const [answer] = await speak(service, 'RUBBISH\r\n\r\n');
  const line = await loggedLine(String(answer?.headers['x-request-id']));
  expect(line).toMatchObject({ msg: 'request', status: 400, problem: 'invalid-request' });
  const metrics = (await ask(service, '/metrics')).text;
  expect(metrics).toMatch(/http_request_duration_seconds_count\{route="none",method="none",status="400"\} [1-9]/);
});

test('a malformed URL is a problem with id, line and metric like any other', async () => {
  const answer = await ask(service, '/sessions/%ff/messages', { headers: { 'x-request-id': 'malformed-1' } });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({
    requestId: 'malformed-1',
    instance: '/sessions/%ff/messages',
    errors: [{ field: 'sessionId' }],
  });
  expect(await loggedLine('malformed-1')).toMatchObject({ msg: 'request', status: 400, method: 'GET' });
});

test('who sends headers by the drop is cut off', async () => {
  const { port, hostname } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write('GET /health/live HTTP/1.1\r\n');
  const drip = setInterval(() => socket.write('X: y\r\n'), 300);
  const started = Date.now();
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(drip);
  expect(Date.now() - started).toBeLessThan(14_000);
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
});
