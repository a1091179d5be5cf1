import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { startSimulator } from '../simulator/simulator.js';
import { startDeskTap } from './desk-tap.js';
import { ask } from './http.js';
import { startOtlpReceiver } from './otlp-receiver.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { startService } from './service.js';
import { sendWebhook, TOKEN } from './webhook.js';

const TEXT = 'planted-message-text';
const ACCOUNT = 'planted-account';
const SESSION = 'planted-session';
const CLIENT = 'planted-client';
const CALLER = 'planted-caller';
const API_KEY = 'planted-api-key';
const PATH_SECRET = 'planted-secret-of-the-path';
const HEADER = 'planted-key-of-the-receiver';
const SECRET_KEY = createHash('sha256').update('planted key').digest('hex');

describeWithRedis.each(['http/json', 'http/protobuf'])('traces by %s', (protocol) => {
  // Also after a failure: open handles would keep the tests from ending.
  const cleanUps: (() => unknown)[] = [];
  afterEach(async () => {
    await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
  });

  test('hold no message, account, session, caller, key, signature or path, and no trace header reaches the desk', async () => {
    const simulator = await startSimulator({ secretKey: SECRET_KEY });
    const [tap, receiver, redis] = await Promise.all([startDeskTap(simulator), startOtlpReceiver(), anyRedis()]);
    const service = await startService({
      DESK_BASE_URL: tap.url,
      DESK_SECRET_KEY: SECRET_KEY,
      DESK_ATTEMPT_TIMEOUT_MS: '200',
      REDIS_URL: redis.url,
      REDIS_KEY_PREFIX: `planted-prefix-${protocol}-${Date.now()}`,
      AUTH_MODE: 'api-key',
      API_KEYS: `${CALLER}:${createHash('sha256').update(API_KEY).digest('hex')}`,
      WEBHOOK_TOKENS: TOKEN,
      WEBHOOK_PATH_SECRET: PATH_SECRET,
      LOG_LEVEL: 'trace',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${HEADER}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    });
    cleanUps.push(service.kill, tap.close, () => simulator.close(), receiver.close, redis.stop);
    const headers = {
      'x-api-key': API_KEY,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      tracestate: 'vendor=planted-state',
      baggage: 'user=planted-baggage',
    };
    const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: TEXT } }];
    simulator.setSession(SESSION, [{ FromAccount: ACCOUNT, FromAccountRole: 1, MsgBody, Timestamp: 1 }]);
    const targets = [
      `/sessions/${SESSION}/messages`,
      `/sessions/${SESSION}/messages`,
      `/sessions/${SESSION}/messages?format=ndjson`,
      `/sessions/${SESSION}`,
      `/sessions?clientId=${CLIENT}`,
      `/sessions?clientId=${CLIENT}&format=csv`,
      `/sessions/${SESSION}/messages?limit=planted-limit`,
      `/planted-path/${SESSION}`,
      '/running-sessions',
    ];
    for (const kind of ['hang', 'truncated', 'none'] as const) {
      if (kind !== 'none') simulator.faultUntilReset({ kind });
      for (const target of targets) await ask(service, target, { headers });
      simulator.clearFaults();
    }
    await sendWebhook(service, { sessionId: SESSION, secret: PATH_SECRET, requestId: 'planted-request' });
    await sendWebhook(service, { sessionId: SESSION, secret: `${PATH_SECRET}-wrong` });
    await ask(service, `/webhooks/desk/${PATH_SECRET}/beyond`, { headers });
    // The last writes to Redis continue behind the answers; the spans are sent at the stop at the latest.
    await sleep(100);
    expect(await service.stop()).toBe(0);

    // Makes sure that the test finds what it looks for.
    const lines = receiver.bodies.map((body) => body.toString('latin1')).join('\n');
    expect(lines).toContain('/sessions/:sessionId/messages');
    expect(lines).toContain('desk describe_im_cdr_list');
    expect(lines).toContain('EVALSHA acquire');
    expect(lines).toContain('POST /webhooks/desk');
    const [sent] = receiver.requests;
    expect([sent?.url, sent?.headers.authorization, sent?.headers['content-type']]).toEqual([
      '/v1/traces',
      HEADER,
      protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    ]);
    const secrets = ['planted', SECRET_KEY, TOKEN, tap.url, ...tap.userSigs];
    for (const secret of [...secrets, ...secrets.map(encodeURIComponent)]) expect(lines.indexOf(secret)).toBe(-1);
    expect(service.output()).not.toContain(HEADER);

    expect(tap.userSigs.size).toBeGreaterThan(0);
    const names = new Set(tap.headers.flatMap((one) => Object.keys(one)));
    for (const name of ['traceparent', 'tracestate', 'baggage', 'b3']) expect(names).not.toContain(name);
  });
});
