import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { message as wireMessage, textElement } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { type Service, startService } from './service.js';
import { until, untilQuiet } from './until.js';

const ENVIRONMENT = {
  DESK_MAX_RPS: '10000',
  RATE_LIMIT_PER_MINUTE: '0',
  DESK_COOLDOWN_MIN_MS: '100',
  DESK_COOLDOWN_MAX_MS: '1000',
} as const;
const LONG = '/sessions/long-session/messages';

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({ DESK_BASE_URL: simulator.url, ...ENVIRONMENT });
});

afterEach(() => {
  simulator.clearFaults();
  simulator.limit(null);
  simulator.latency(0);
});

const textMessage = (account: string, role: number, at: number, text: string) =>
  wireMessage(account, role, at, textElement(text));

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

interface Line {
  readonly type: string;
  readonly position?: number | null;
  readonly text?: string;
  readonly id?: string;
  readonly total?: number;
  readonly problem?: { readonly status: number; readonly code: string };
}

function isLine(value: unknown): value is Line {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (!isLine(value)) throw new Error('a line has no type');
      return value;
    });
}

const texts = (count: number, text = (i: number) => `message ${i}`) =>
  Array.from({ length: count }, (_, i) => textMessage('ann', 1, 1_700_000_000_000 + i * 1000, text(i)));

/** A file as far as it was received, and whether the connection was cut before its end. */
async function read(path: string, from: Service = service): Promise<{ text: string; isCut: boolean }> {
  const incoming = await begin(path, from);
  let text = '';
  incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
  incoming.on('error', () => undefined);
  await new Promise((resolve) => incoming.once('close', resolve));
  return { text, isCut: !incoming.complete };
}

/** The beginning of the answer: its body is not read yet. */
async function begin(path: string, { url }: Service = service): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const outgoing = request({ hostname, port, path, agent: false });
  outgoing.on('error', () => undefined);
  outgoing.end();
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
}

async function auditLine(id: string, from: Service = service): Promise<unknown> {
  return JSON.parse(await from.logged(new RegExp(`"audit":"read".*"requestId":"${id}"`)));
}

describe('a transcript as a file', () => {
  test('is complete, oldest first, in at most 13 calls, and in none once it is cached', async () => {
    simulator.forgetCalls();
    const answer = await ask(service, `${LONG}?format=ndjson`, { headers: { 'x-request-id': 'whole' } });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': 'attachment; filename="messages-long-session.ndjson"',
      'cache-control': 'private, no-store',
      'x-request-id': 'whole',
      vary: 'Accept-Encoding',
    });
    expect(answer.headers.etag).toBeUndefined();
    const lines = linesOf(answer.text);
    expect(lines.pop()).toEqual({ type: 'end', total: 1234 });
    expect(lines.map(({ position }) => position)).toEqual(Array.from({ length: 1234 }, (_, i) => i));
    expect(simulator.calls.length).toBeLessThanOrEqual(13);
    simulator.forgetCalls();
    expect((await ask(service, `${LONG}?format=ndjson`)).text).toBe(answer.text);
    expect(simulator.calls).toHaveLength(0);
  });

  test('has the very messages of the pages', async () => {
    const page = await ask(service, `${LONG}?order=asc&limit=100&offset=300`);
    const file = linesOf((await ask(service, `${LONG}?format=ndjson&from=300`)).text);
    const shown: unknown = page.json();
    expect(shown).toMatchObject({ messages: file.slice(0, 100).map(({ type: _type, ...message }) => message) });
  });

  test('continues at a position, and is empty at or beyond the total', async () => {
    const lines = linesOf((await ask(service, `${LONG}?format=ndjson&from=1150`)).text);
    expect(lines.map(({ position }) => position)).toEqual([
      ...Array.from({ length: 84 }, (_, i) => 1150 + i),
      undefined,
    ]);
    expect(lines.at(-1)).toEqual({ type: 'end', total: 1234 });
    for (const from of [1234, 5000, 2147483647]) {
      expect((await ask(service, `${LONG}?format=ndjson&from=${from}`)).text).toBe('{"type":"end","total":1234}\n');
    }
  });

  test('is compressed for those who accept gzip, and never with br', async () => {
    const plain = await ask(service, `${LONG}?format=ndjson`);
    const answer = await ask(service, `${LONG}?format=ndjson`, { headers: { 'accept-encoding': 'br, gzip' } });
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(answer.body).toString()).toBe(plain.text);
    const other = await ask(service, `${LONG}?format=ndjson`, { headers: { 'accept-encoding': 'br' } });
    expect(other.headers['content-encoding']).toBeUndefined();
  });

  test('leaves out messages that arrive while it is sent', async () => {
    const id = `grows-${randomUUID()}`;
    simulator.setSession(id, texts(950));
    simulator.latency(20);
    // Its headers wait for its first block, so that it has begun by then; eight more are still to be fetched.
    const reading = await service.get(`/sessions/${id}/messages?format=ndjson`);
    simulator.append(id, textMessage('ann', 1, 1_700_100_000_000, 'late'));
    const lines = linesOf(await reading.text());
    expect(lines).toHaveLength(951);
    expect(lines.at(-1)).toEqual({ type: 'end', total: 950 });
  });

  test('of a session whose answers contradict each other has every message, without positions', async () => {
    simulator.setSession('contradicting', texts(150));
    simulator.answerInOrder('contradicting', 'contradicting');
    await ask(service, '/sessions/contradicting/messages?order=asc&limit=100');
    await ask(service, '/sessions/contradicting/messages?order=asc&limit=100&offset=100');
    const lines = linesOf((await ask(service, '/sessions/contradicting/messages?format=ndjson')).text);
    expect(lines.slice(0, -1).map(({ text }) => text)).toEqual(texts(150).map((_, i) => `message ${i}`));
    expect(lines[0]?.position).toBeNull();
    expect(lines.at(-1)).toEqual({ type: 'end', total: 150 });
  });

  test('of such a session that lost messages meanwhile is not whole', async () => {
    const id = `shrinks-${randomUUID()}`;
    simulator.setSession(id, texts(950));
    simulator.answerInOrder(id, 'contradicting');
    for (const offset of [810, 0]) await ask(service, `/sessions/${id}/messages?order=asc&limit=80&offset=${offset}`);
    const page: unknown = (await ask(service, `/sessions/${id}/messages?limit=1`)).json();
    expect(page).toMatchObject({ messages: [{ position: null }] });
    simulator.latency(100);
    const incoming = await begin(`/sessions/${id}/messages?format=ndjson`);
    simulator.shrink(id, 150);
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => incoming.once('close', resolve));
    expect(incoming.complete).toBe(false);
    expect(linesOf(text).at(-1)).toMatchObject({ type: 'error', problem: { status: 502 } });
  });
});

describe('csv', () => {
  test('has a BOM, its columns in order and CRLF', async () => {
    simulator.setSession('sheet', [textMessage('ann', 1, 1730939030138, 'hello, "you"')]);
    const { text, headers } = await ask(service, '/sessions/sheet/messages?format=csv');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(text).toBe(
      '\ufeffposition,sentAt,senderRole,senderId,text,types,urls\r\n' +
        '0,2024-11-07T00:23:50.138Z,user,ann,"hello, ""you""",text,\r\n',
    );
  });

  test.each(['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1'])(
    'escapes an account of %j against formulas',
    async (account) => {
      const id = `formula-${Buffer.from(account).toString('hex')}`;
      simulator.setSession(id, [textMessage(account, 1, 1730939030138, 'x')]);
      const { text } = await ask(service, `/sessions/${id}/messages?format=csv`);
      const isQuoted = /[\r\n]/.test(account);
      expect(text).toContain(isQuoted ? `,user,"'${account}",` : `,user,'${account},`);
    },
  );

  test('shows the urls of what a message carries', async () => {
    const { text } = await ask(service, '/sessions/session-of-everything/messages?format=csv');
    expect(text).toMatch(/,image,https?:\/\/\S+ https?:\/\/\S+/);
  });
});

describe('a file that cannot be sent', () => {
  test('of an unknown session is 404 before the first byte', async () => {
    const answer = await ask(service, '/sessions/nobody/messages?format=ndjson');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'session-not-found' });
  });

  test('waits until rate limits are over', async () => {
    simulator.setSession('limited', texts(520));
    simulator.failNext({ kind: 'error', code: 141009 }, { sessionId: 'limited', skip: 2, times: 3 });
    const { text, isCut } = await read('/sessions/limited/messages?format=ndjson');
    expect(isCut).toBe(false);
    expect(linesOf(text).at(-1)).toEqual({ type: 'end', total: 520 });
  });

  test.each(['ndjson', 'csv'])(
    'as %s is cut off when the desk fails for good, and never looks complete',
    async (format) => {
      const id = `failing-${format}`;
      simulator.setSession(id, texts(520));
      simulator.faultUntilReset({ kind: 'status', status: 500 }, { sessionId: id, skip: 3 });
      const { text, isCut } = await read(`/sessions/${id}/messages?format=${format}`);
      expect(isCut).toBe(true);
      expect(text).toContain('message 99');
      if (format === 'ndjson') {
        expect(linesOf(text).at(-1)).toMatchObject({
          type: 'error',
          problem: { code: 'upstream-failed', status: 502 },
        });
      }
    },
  );

  test('as csv is reset for a client of HTTP/1.0, which knows no last chunk', async () => {
    simulator.setSession('old-client', texts(520));
    simulator.faultUntilReset({ kind: 'status', status: 500 }, { sessionId: 'old-client', skip: 3 });
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    const ended = new Promise<string>((resolve) => {
      socket.once('error', ({ message }) => {
        resolve(message);
      });
      socket.once('end', () => {
        resolve('a normal end');
      });
    });
    socket.resume().write('GET /sessions/old-client/messages?format=csv HTTP/1.0\r\n\r\n');
    expect(await ended).toContain('ECONNRESET');
  });

  test('during a rate limit, because the service stops, is 503 before the first byte and an error line after it', async () => {
    const own = await startService({
      DESK_BASE_URL: simulator.url,
      ...ENVIRONMENT,
      DESK_COOLDOWN_MIN_MS: '20000',
      DESK_COOLDOWN_MAX_MS: '20000',
    });
    for (const id of ['begun', 'waiting']) simulator.setSession(id, texts(520));
    simulator.faultUntilReset({ kind: 'error', code: 141009 }, { sessionId: 'begun', skip: 2 });
    const begun = await begin('/sessions/begun/messages?format=ndjson', own);
    let text = '';
    begun.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const cut = new Promise((resolve) => begun.once('close', resolve));
    await until(async () => (await (await own.get('/metrics')).text()).includes('code="141009"'));
    const waiting = ask(own, '/sessions/waiting/messages?format=ndjson');
    // Served behind it, so it has been read by now.
    for (let i = 0; i < 3; i++) await ask(own, '/health/live');
    const startedAt = performance.now();
    const stopped = own.stop();
    const { status, headers } = await waiting;
    expect([status, Number(headers['retry-after'])]).toEqual([503, 1]);
    await cut;
    expect(linesOf(text).at(-1)).toMatchObject({ type: 'error', problem: { status: 503, code: 'unavailable' } });
    expect(await stopped).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });
});

describe('the reader of a file', () => {
  test('who disconnects causes no further call', async () => {
    const big = 'x'.repeat(30_000);
    simulator.setSession(
      'left',
      texts(2000, (i) => `${i} ${big}`),
    );
    simulator.forgetCalls();
    const incoming = await begin('/sessions/left/messages?format=ndjson');
    incoming.pause();
    await untilQuiet(() => simulator.calls.length);
    const taken = simulator.calls.length;
    expect(taken).toBeLessThan(12);
    incoming.destroy();
    await service.logged(/"audit":"read".*"sessionId":"left"/);
    expect(simulator.calls).toHaveLength(taken);
  });

  test('is audited at the end, with how many messages there were and how it ended', async () => {
    await ask(service, `${LONG}?format=csv&from=1200`, { headers: { 'x-request-id': 'audited' } });
    expect(await auditLine('audited')).toMatchObject({
      sessionId: 'long-session',
      format: 'csv',
      from: 1200,
      messages: 34,
      outcome: 'complete',
      status: 200,
    });
  });

  test('is measured at the first byte', async () => {
    simulator.setSession(
      'measured',
      texts(2000, (i) => `${i} ${'x'.repeat(30_000)}`),
    );
    const incoming = await begin('/sessions/measured/messages?format=ndjson');
    incoming.pause();
    const { text } = await ask(service, '/metrics');
    expect(text).toMatch(
      /http_request_duration_seconds_count\{route="\/sessions\/:sessionId\/messages",method="GET",status="200"\} \d/,
    );
    incoming.destroy();
  });

  test('uses one of 20 slots, and has at most 10', async () => {
    const id = 'crowded';
    simulator.setSession(
      id,
      texts(2000, (i) => `${i} ${'x'.repeat(30_000)}`),
    );
    const own = await startService({ DESK_BASE_URL: simulator.url, ...ENVIRONMENT });
    try {
      const files = await Promise.all(
        Array.from({ length: 10 }, () => begin(`/sessions/${id}/messages?format=csv`, own)),
      );
      const refused = await ask(own, `/sessions/${id}/messages?format=ndjson`);
      expect(refused.status).toBe(503);
      expect(refused.json()).toMatchObject({ code: 'unavailable' });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect((await ask(own, `/sessions/${id}/messages?format=ndjson`, { method: 'HEAD' })).status).toBe(200);
      files[0]?.destroy();
      // Its slot is free once the service has noticed.
      await until(async () => {
        const again = await begin(`/sessions/${id}/messages?format=csv`, own);
        again.destroy();
        return again.statusCode === 200;
      });
      for (const file of files) file.destroy();
    } finally {
      await own.kill();
    }
  });
});

test('HEAD sends the headers and costs no call, also of an unknown session', async () => {
  simulator.forgetCalls();
  const answer = await ask(service, '/sessions/nobody-at-all/messages?format=csv', { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  expect((await ask(service, '/sessions?format=ndjson', { method: 'HEAD' })).status).toBe(200);
  expect(simulator.calls).toHaveLength(0);
});

test.each([
  ['/sessions/s/messages?format=xml', 'format'],
  ['/sessions/s/messages?format=', 'format'],
  ['/sessions/s/messages?format=csv&format=csv', 'format'],
  ['/sessions/s/messages?format=ndjson&limit=10', 'limit'],
  ['/sessions/s/messages?format=ndjson&offset=10', 'offset'],
  ['/sessions/s/messages?format=csv&order=asc', 'order'],
  ['/sessions/s/messages?format=csv&before=3', 'before'],
  ['/sessions/s/messages?format=csv&after=3', 'after'],
  ['/sessions/s/messages?format=csv&from=01', 'from'],
  ['/sessions/s/messages?format=csv&from=2147483648', 'from'],
  ['/sessions/s/messages?from=3', 'from'],
  ['/sessions/s/messages?format=json&from=3', 'from'],
  ['/sessions?format=ndjson&limit=10', 'limit'],
  ['/sessions?format=csv&offset=0', 'offset'],
  ['/sessions?format=tsv', 'format'],
])('%s is 400 on %s', async (path, field) => {
  const answer = await ask(service, path);
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'invalid-request', errors: [{ field }] });
});

describe('a list of sessions as a file', () => {
  const PERIOD = 'from=2024-11-01T00:00:00Z&to=2024-11-30T23:59:59Z';
  const record = (i: number) => ({ SessionId: `listed-${i}`, Timestamp: 1_730_500_000 + i, ChannelType: 'SDK' });

  test('has each session once, and is marked as complete', async () => {
    simulator.setRecords(Array.from({ length: 350 }, (_, i) => record(i)));
    simulator.forgetCalls();
    const answer = await ask(service, `/sessions?${PERIOD}&format=ndjson`);
    const lines = linesOf(answer.text);
    expect(lines.pop()).toEqual({ type: 'end', total: 350 });
    expect(new Set(lines.map(({ id }) => id)).size).toBe(350);
    expect(lines[0]).toMatchObject({ type: 'session', channel: 'SDK' });
    expect(simulator.calls).toHaveLength(4);
    await ask(service, `/sessions?${PERIOD}&format=csv`);
    expect(simulator.calls).toHaveLength(4);
  });

  test('reads the list once more if the total changes meanwhile', async () => {
    const period = 'from=2024-11-01T00:00:00Z&to=2024-11-29T23:59:59Z';
    simulator.setRecords(Array.from({ length: 350 }, (_, i) => record(i)));
    simulator.latency(40);
    const reading = await service.get(`/sessions?${period}&format=ndjson`);
    simulator.setRecords([record(999), ...Array.from({ length: 350 }, (_, i) => record(i))]);
    const lines = linesOf(await reading.text());
    expect(lines.pop()).toEqual({ type: 'end', total: 351 });
    expect(new Set(lines.map(({ id }) => id)).size).toBe(351);
    expect(lines).toHaveLength(351);
  });

  test('as csv has its columns in order', async () => {
    simulator.setRecords([
      { ...record(1), Duration: 10, ClientUserId: 'c', ClientUserNickName: '=evil', EndStatus: 'E', AgentGroupId: 7 },
    ]);
    const { text } = await ask(service, '/sessions?from=2024-11-01T00:00:00Z&to=2024-11-28T23:59:59Z&format=csv');
    expect(text).toBe(
      '\ufeffid,startedAt,durationSeconds,channel,clientId,clientNickname,agentId,groupId,groupName,endStatus,satisfaction\r\n' +
        "listed-1,2024-11-01T22:26:41Z,10,SDK,c,'=evil,,7,,E,\r\n",
    );
  });
});

test('a page is served before a file that started earlier', async () => {
  const own = await startService({ DESK_BASE_URL: simulator.url, ...ENVIRONMENT, DESK_MAX_RPS: '2' });
  try {
    simulator.setSession('patient', texts(600));
    simulator.forgetCalls();
    const file = await begin('/sessions/patient/messages?format=ndjson', own);
    file.resume();
    const ended = once(file, 'end');
    expect((await ask(own, '/sessions/load-1/messages')).status).toBe(200);
    await ended;
    const asked = simulator.calls.map(({ sessionId }) => sessionId);
    expect(asked.lastIndexOf('patient')).toBeGreaterThan(asked.indexOf('load-1'));
  } finally {
    await own.kill();
  }
});
