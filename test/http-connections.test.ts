import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Answer, ask, speak } from './http.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

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

async function loggedLine(requestId: string): Promise<unknown> {
  return JSON.parse(await service.logged(new RegExp(requestId)));
}

test('a client that disconnects leaves a line for each request that it had sent, also for those that waited behind another', async () => {
  simulator.faultUntilReset({ kind: 'latency', ms: 1000 }, { sessionId: 'load-1' });
  const askAs = (id: string) => `GET /sessions/load-1/messages HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`;
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.write(askAs('went-1') + askAs('went-2'));
  await until(() => simulator.calls.some(({ sessionId }) => sessionId === 'load-1'));
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
])('%s is 400 and the connection closed, and a smuggled request is not answered', async (_, rest) => {
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

const GOOD = 'GET /sessions/load-1/messages HTTP/1.1\r\nHost: a\r\n';
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

test.each([
  ['in one segment with it', 'load-11', ['GARBAGE\r\n\r\n'], [], [200, 400]],
  ['while its answer is under way', 'load-12', [], ['GARBAGE\r\n\r\n', 'AND MORE\r\n\r\n'], [200, 400]],
  ['behind a second one', 'load-13', [`${GOOD}\r\n`, 'GARBAGE\r\n\r\n'], [], [200, 200, 400]],
  ['in the body of a second one', 'load-14', [`${GOOD}Transfer-Encoding: xchunked\r\n\r\n`], [], [200, 400]],
  ['as a CONNECT', 'load-15', ['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'], [], [200, 400]],
])('a valid request is answered before the garbage %s is refused', async (_, sessionId, same, later, expected) => {
  simulator.faultUntilReset({ kind: 'latency', ms: 300 }, { sessionId });
  const id = `before-garbage-${sessionId}`;
  const good = `GET /sessions/${sessionId}/messages HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`;
  const answers = await speak(service, good + same.join(''), ...later);
  simulator.clearFaults();
  expect(statuses(answers)).toEqual(expected);
  expect(answers[0]).toMatchObject({ headers: { 'x-request-id': id } });
  expect(answers.at(-1)).toMatchObject({ headers: { connection: 'close' } });
  expect(await loggedLine(id)).toMatchObject({ status: 200 });
});

test.each([
  ['a length', `Content-Length: 16385\r\n\r\n${'x'.repeat(16_385)}`],
  ['a length, and not sent', 'Content-Length: 1000000000\r\n\r\n'],
  ['chunks', `Transfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(5)}`],
])('a body over 16 KB, in %s, is 413 for a read too, and the end', async (_, rest) => {
  for (const method of ['GET', 'HEAD', 'POST']) {
    const [head, ...others] = await speak(
      service,
      `${method} /sessions/load-1/messages HTTP/1.1\r\nHost: a\r\n${rest}`,
    );
    expect(head).toMatchObject({ status: 413, headers: { connection: 'close' } });
    expect(others).toEqual([]);
  }
});

test.each([
  ['a length', 'Content-Length: 16384\r\n\r\n', 'x'.repeat(16_384)],
  ['chunks', 'Transfer-Encoding: chunked\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n'],
])('a smaller one, in %s, is read and ignored', async (_, headers, body) => {
  const last = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  expect(statuses(await speak(service, `${GOOD}${headers}`, body + last))).toEqual([200, 200]);
});

test('a body that turns out malformed after its headers is 400, and its page is not sent', async () => {
  const answers = await speak(service, `${GOOD}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, 'zz\r\n');
  expect(statuses(answers)).toEqual([400]);
});

test('a client that resets its CONNECT does not end the process', async () => {
  const { hostname, port } = new URL(service.url);
  for (let tries = 0; tries < 20; tries++) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', () => {
        socket.resetAndDestroy();
        resolve();
      });
    });
    expect((await ask(service, '/health/live')).status).toBe(200);
  }
});

test("an expectation behind another request does not get into that one's answer", async () => {
  const path = '/sessions/load-1/messages';
  const page = await ask(service, path);
  const answers = await speak(
    service,
    `GET ${path} HTTP/1.1\r\nHost: a\r\nCache-Control: max-stale\r\n\r\n` +
      `GET ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
  );
  expect(statuses(answers)).toEqual([200, 200]);
  expect(answers[1]?.text).toBe(page.text);
});

test('an unparsable request has its line in the log and in the metrics', async () => {
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

test('a client that sends headers byte by byte is cut off', async () => {
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
