import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Answer, ask } from './http.js';
import { costOf } from './cpu-cost.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';
import { sendWebhook, TOKEN, type Webhook, webhookBody, webhookTarget } from './webhook.js';

const OTHER_TOKEN = 'the-token-to-come';
const SECRET = 'f3Q9-a-secret-in-the-path';
const FRESH_MS = 60_000;
const RECEIVED = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

let simulator: Simulator;
let service: Service;
let withSecret: Service;
let withBoth: Service;
let without: Service;
let made = 0;
let id = '';

const common = () => ({
  DESK_BASE_URL: simulator.url,
  DESK_MAX_RPS: '10000',
  RATE_LIMIT_PER_MINUTE: '0',
  CACHE_FRESH_MIN_MS: String(FRESH_MS),
  CACHE_FRESH_MAX_MS: String(FRESH_MS),
  METRICS_PUBLIC: 'true',
  DESK_COOLDOWN_MIN_MS: '1',
  DESK_COOLDOWN_MAX_MS: '1',
});

beforeAll(async () => {
  simulator = await startSimulator();
  [service, withSecret, withBoth, without] = await Promise.all([
    startService({ ...common(), WEBHOOK_TOKENS: `${TOKEN},${OTHER_TOKEN}`, WEBHOOK_FRESH_MS: '0' }),
    startService({ ...common(), WEBHOOK_PATH_SECRET: SECRET, AUTH_MODE: 'api-key', API_KEYS: `a:${'0'.repeat(64)}` }),
    startService({ ...common(), WEBHOOK_TOKENS: TOKEN, WEBHOOK_PATH_SECRET: SECRET }),
    startService(common()),
  ]);
});

beforeEach(() => {
  simulator.reset();
  id = `told-${++made}`;
  simulator.setSession(id, [message('first')]);
});

afterAll(async () => {
  await Promise.all([service, withSecret, withBoth, without].map((one) => one.kill()));
  await simulator.close();
});

const message = (text: string) => textMessage(text, Date.now());
const read = (of = service, more = '') => ask(of, `/sessions/${id}/messages${more}`);
const calls = () => simulator.calls.filter(({ sessionId }) => sessionId === id).length;

async function events(of: Service, outcome: string): Promise<number> {
  const { text } = await ask(of, '/metrics');
  return Number(new RegExp(`^webhook_events_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
}

/** A webhook's effect continues behind its answer. */
async function expectReceived(answer: Answer): Promise<void> {
  expect([answer.status, answer.text]).toEqual([200, RECEIVED]);
  expect(answer.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json/),
    'cache-control': 'no-store',
  });
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a webhook', () => {
  test('makes the next read fresh, with one call, and changes no other session', async () => {
    const other = id;
    await read();
    id = `told-${++made}`;
    simulator.setSession(id, [message('first')]);
    await read();
    simulator.append(id, message('second'));
    expect((await read()).text).not.toContain('second');
    await expectReceived(await sendWebhook(service, { sessionId: id }));
    expect(calls()).toBe(1);
    expect((await read()).text).toContain('second');
    await read();
    expect(calls()).toBe(2);
    id = other;
    await read();
    expect(calls()).toBe(1);
  });

  test('concerns the state of its session too', async () => {
    simulator.setState(id, 'Queueing');
    expect((await ask(service, `/sessions/${id}`)).json()).toMatchObject({ state: 'queueing' });
    simulator.setState(id, 'Agent');
    await expectReceived(await sendWebhook(service, { sessionId: id }));
    expect((await ask(service, `/sessions/${id}`)).json()).toMatchObject({ state: 'agent' });
  });

  test('of an unknown session makes the service fetch it again', async () => {
    const found = id;
    id = `unborn-${made}`;
    expect((await read()).status).toBe(404);
    simulator.setSession(id, [message('born')]);
    expect((await read()).status).toBe(404);
    await expectReceived(await sendWebhook(service, { sessionId: id }));
    expect((await read()).status).toBe(200);
    id = found;
  });

  test('keeps sealed blocks', async () => {
    const old = Date.UTC(2024, 0, 1);
    simulator.setSession(
      id,
      Array.from({ length: 250 }, (_, i) => textMessage(`m${i}`, old + i)),
    );
    await read(service, '?order=asc&limit=100');
    expect(calls()).toBe(2);
    await sendWebhook(service, { sessionId: id });
    await read(service, '?order=asc&limit=100');
    expect(calls()).toBe(3);
  });

  test('does not count a flight as fresh that was in progress when it came', async () => {
    simulator.failNext({ kind: 'latency', ms: 500 }, { sessionId: id });
    const before = read();
    await until(() => calls() === 1);
    await sendWebhook(service, { sessionId: id });
    await before;
    simulator.append(id, message('second'));
    expect((await read()).text).toContain('second');
    expect(calls()).toBe(2);
  });

  test('keeps the old page if the desk fails, with its true age', async () => {
    await read();
    await sendWebhook(service, { sessionId: id });
    simulator.faultUntilReset({ kind: 'error', code: 141009 });
    const answer = await read();
    expect([answer.status, answer.headers['cache-status']]).toEqual([200, expect.stringContaining('detail=memory')]);
    expect(Number(answer.headers['age'])).toBeLessThan(10);
    expect(answer.headers['cache-control']).toBe('private, max-age=60');
  });

  test('costs no call if nobody reads', async () => {
    await read();
    for (let i = 0; i < 5; i++) await sendWebhook(service, { sessionId: id });
    expect(calls()).toBe(1);
    // A call of theirs would be there before that of this read.
    await read();
    expect(calls()).toBe(2);
  });

  test('whose RequestID was seen does nothing', async () => {
    const requestId = `request-${made}`;
    const before = await events(service, 'duplicate');
    await expectReceived(await sendWebhook(service, { sessionId: id, requestId }));
    await read();
    await expectReceived(await sendWebhook(service, { sessionId: id, requestId }));
    await read();
    expect(calls()).toBe(1);
    expect(await events(service, 'duplicate')).toBe(before + 1);
    await expectReceived(await sendWebhook(service, { sessionId: id }));
    await expectReceived(await sendWebhook(service, { sessionId: id }));
    await read();
    expect(calls()).toBe(2);
  });

  test.each<[what: string, body: string]>([
    ['of another command', JSON.stringify({ CallbackCommand: 'C2C.CallbackAfterMsgWithDraw', SessionId: 'x' })],
    ['without a command', '{}'],
    ['without a session', '{"CallbackCommand":"Desk.SessionEventNotify"}'],
    ['of what is no session id', '{"CallbackCommand":"Desk.SessionEventNotify","SessionId":"a b"}'],
  ])('%s is answered the same and ignored', async (_, body) => {
    const before = await events(service, 'ignored');
    await expectReceived(await sendWebhook(service, { body }));
    expect(await events(service, 'ignored')).toBe(before + 1);
  });

  test('of any event name is a change', async () => {
    await read();
    simulator.append(id, message('second'));
    const body = webhookBody(id).replace('ChatBot.UserSendMsg', 'Something.New');
    await sendWebhook(service, { body });
    expect((await read()).text).toContain('second');
  });
});

describe('who may send one', () => {
  const expectRefused = async (of: Service, webhook: Webhook) => {
    const before = await events(of, 'refused');
    const answer = await sendWebhook(of, webhook);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'DeskSign realm="desk-bff"']);
    expect(answer.json()).toMatchObject({ code: 'unauthorized', instance: '/webhooks/desk' });
    expect(await events(of, 'refused')).toBe(before + 1);
  };

  test('either token is accepted while they are rotated', async () => {
    await expectReceived(await sendWebhook(service, {}));
    await expectReceived(await sendWebhook(service, { token: OTHER_TOKEN }));
  });

  test.each<[what: string, webhook: Webhook]>([
    ['no signature', { token: null }],
    ['another token', { token: 'another' }],
    ['a moment long ago', { requestTime: Math.floor(Date.now() / 1000) - 120 }],
    ['a moment to come', { requestTime: Math.floor(Date.now() / 1000) + 180 }],
    ['another SDKAppID', { sdkAppId: '1400000001' }],
    ['a secret that is none', { secret: SECRET }],
  ])('%s is 401', async (_, webhook) => {
    await expectRefused(service, webhook);
  });

  test('a path secret is enough without tokens, and required', async () => {
    await expectReceived(await sendWebhook(withSecret, { token: null, secret: SECRET }));
    await expectRefused(withSecret, { token: null });
    await expectRefused(withSecret, { token: null, secret: `${SECRET}x` });
    await expectRefused(withSecret, { token: null, secret: SECRET, sdkAppId: '1' });
  });

  test('both are required if both are set', async () => {
    await expectReceived(await sendWebhook(withBoth, { secret: SECRET }));
    await expectRefused(withBoth, {});
    await expectRefused(withBoth, { token: null, secret: SECRET });
  });

  test('is checked before the body is read', async () => {
    const answer = await sendWebhook(service, { token: 'another', body: 'x'.repeat(70_000) });
    expect(answer.status).toBe(401);
  });

  test('a flood of forged ones costs less than 1 ms of CPU each', async () => {
    const bytesOf = (i: number) => `POST ${webhookTarget({ token: `forged ${i}` })} HTTP/1.1\r\nHost: a\r\n`;
    const { cpuMs, answers } = await costOf(service, bytesOf, 1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(cpuMs).toBeLessThan(1);
  });
});

describe('what is no webhook', () => {
  test.each<[status: number, what: string, webhook: Webhook]>([
    [400, 'no body', { body: '' }],
    [400, 'no JSON', { body: '{"CallbackCommand"' }],
    [400, 'a list', { body: '[]' }],
    [400, 'a text of another type', { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    [400, 'a type that is none', { body: 'a=b', headers: { 'content-type': 'nonsense' } }],
    [413, 'more than 64 KB', { body: `"${'x'.repeat(65_536)}"` }],
  ])('%d: %s', async (status, _, webhook) => {
    const answer = await sendWebhook(service, webhook);
    expect([answer.status, answer.json()]).toEqual([
      status,
      expect.objectContaining({ code: 'invalid-request', instance: '/webhooks/desk' }),
    ]);
  });

  test('64 KB of JSON are read, whatever type they claim to be of', async () => {
    const body = `${webhookBody(id).slice(0, -1)},"more":"`;
    const whole = `${body}${'x'.repeat(65_536 - Buffer.byteLength(body) - 2)}"}`;
    expect(Buffer.byteLength(whole)).toBe(65_536);
    await expectReceived(await sendWebhook(service, { body: whole, headers: { 'content-type': 'nonsense' } }));
  });

  test('JSON after a UTF-8 byte order mark is accepted', async () => {
    await expectReceived(await sendWebhook(service, { body: `\uFEFF${webhookBody(id)}` }));
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    '%s is 405, however the path is encoded',
    async (method) => {
      for (const path of ['/webhooks/desk', `/webhooks/desk/${SECRET}`, `/webhooks/%64esk/${SECRET}`]) {
        const answer = await ask(withSecret, path, { method });
        expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
        if (method !== 'HEAD')
          expect(answer.json()).toMatchObject({
            code: 'method-not-allowed',
            detail: 'Only POST is allowed here.',
            instance: '/webhooks/desk',
          });
      }
      const { text } = await ask(withSecret, '/metrics');
      const labels = `route="/webhooks/desk",method="${method}",status="405"`;
      expect(text).toContain(`http_request_duration_seconds_count{${labels}} 3`);
    },
  );

  test('without a webhook set up there is nothing, for no method', async () => {
    expect((await sendWebhook(without, {})).status).toBe(404);
    for (const method of ['GET', 'POST', 'PUT']) {
      for (const path of ['/webhooks/desk', `/webhooks/desk/${SECRET}`]) {
        const answer = await ask(without, path, { method });
        expect([answer.status, answer.json()]).toEqual([404, expect.objectContaining({ instance: '/webhooks/desk' })]);
      }
    }
  });
});

describe('what is kept of one', () => {
  test('the path is /webhooks/desk in log and metrics; secret, token and message text are nowhere', async () => {
    const own = await startService({ ...common(), WEBHOOK_TOKENS: TOKEN, WEBHOOK_PATH_SECRET: SECRET });
    try {
      await sendWebhook(own, { secret: SECRET, sessionId: id, requestId: 'the-request-id' });
      await sendWebhook(own, { secret: 'a-mistyped-secret-of-ours', sessionId: id });
      await ask(own, `/webhooks//desk/${SECRET}`, { method: 'POST' });
      await ask(own, `/%77ebhooks/desk/${SECRET}x`, { method: 'POST' });
      await ask(own, `/WEBHOOKS/desk/${SECRET}`, { method: 'POST' });
      const { text } = await ask(own, '/metrics');
      // The log is complete once it has ended.
      expect(await own.stop()).toBe(0);
      const output = own.output() + text;
      expect(output.match(/"method":"POST","status":/g)).toHaveLength(5);
      expect(output).toMatch(/"route":"\/webhooks\/desk","method":"POST","status":200/);
      expect(text).toContain('route="/webhooks/desk"');
      for (const secret of [
        SECRET,
        TOKEN,
        'a-mistyped-secret',
        '退费',
        'your_user_id',
        '203.0.113.7',
        'the-request-id',
      ])
        expect([secret, output.includes(secret)]).toEqual([secret, false]);
    } finally {
      await own.kill();
    }
  });
});
