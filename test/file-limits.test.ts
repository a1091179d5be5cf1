import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { messagesPath, Replicas } from './replicas.js';
import { type Service, startService } from './service.js';
import { untilQuiet } from './until.js';

const START = Date.UTC(2024, 0, 1);
/** More than the sockets of both ends buffer for a client that reads nothing. */
const BIG = 'x'.repeat(30_000);

const messages = (count: number, more = '') =>
  Array.from({ length: count }, (_, i) => textMessage(`message ${i} ${more}`, START + i * 1000));

let desk: Simulator;

beforeAll(async () => {
  desk = await startSimulator();
  desk.setSession('endless', messages(1000, BIG));
  desk.setSession('limited', messages(520));
  desk.setSession('shared', messages(520));
});
afterAll(() => desk.close());

/** The beginning of the answer: its body is not read yet. */
async function begin({ url }: Service, id: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const outgoing = request(`${url}/sessions/${id}/messages?format=ndjson`, { agent: false, headers });
  outgoing.on('error', () => undefined);
  outgoing.end();
  return new Promise((resolve, reject) => {
    outgoing.once('response', (incoming) => {
      incoming.on('error', () => undefined);
      resolve(incoming);
    });
    outgoing.once('error', reject);
  });
}

describe('the slots for files', () => {
  const CALLERS = ['ann', 'bob', 'cleo'];
  const keyOf = (caller: string) => ({ 'x-api-key': `the-key-of-${caller}` });
  const hashOf = (caller: string) => createHash('sha256').update(keyOf(caller)['x-api-key']).digest('hex');
  const start = (environment: Record<string, string> = {}) =>
    startService({
      DESK_BASE_URL: desk.url,
      DESK_MAX_RPS: '10000',
      AUTH_MODE: 'api-key',
      API_KEYS: CALLERS.map((caller) => `${caller}:${hashOf(caller)}`).join(','),
      ...environment,
    });
  let service: Service;

  beforeAll(async () => {
    service = await start();
  });
  afterAll(() => service.kill());

  const beginFor = (caller: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => begin(service, 'endless', keyOf(caller))));
  const expectNoPlaceFor = async (caller: string) => {
    const refused = await ask(service, '/sessions/endless/messages?format=csv', { headers: keyOf(caller) });
    expect([refused.status, refused.json()]).toEqual([503, expect.objectContaining({ code: 'unavailable' })]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  };

  it('are 20, and ten of them for one caller', async () => {
    const ofAnn = await beginFor('ann', 10);
    await expectNoPlaceFor('ann');
    const ofBob = await beginFor('bob', 10);
    expect(new Set([...ofAnn, ...ofBob].map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    await expectNoPlaceFor('bob');
    await expectNoPlaceFor('cleo');
    ofAnn[0]?.destroy();
    await service.logged(/"audit":"read".*"format":"ndjson"/);
    const [ofCleo] = await beginFor('cleo', 1);
    expect(ofCleo?.statusCode).toBe(200);
    await expectNoPlaceFor('ann');
    for (const file of [...ofAnn, ...ofBob, ofCleo]) file?.destroy();
  });

  it('may all be of files that wait for the same cool-down: Node does not warn of 20 listeners, and a stop ends them', async () => {
    const own = await start({ DESK_COOLDOWN_MIN_MS: '20000', DESK_COOLDOWN_MAX_MS: '20000' });
    try {
      desk.failNext({ kind: 'error', code: 141009 }, { sessionId: 'shared' });
      expect((await ask(own, messagesPath('shared'), { headers: keyOf('cleo') })).status).toBe(429);
      let ended = 0;
      const files = ['ann', 'bob'].flatMap((caller) =>
        Array.from({ length: 10 }, async () => {
          const { status } = await ask(own, messagesPath('limited', '?format=csv'), { headers: keyOf(caller) });
          ended += 1;
          return status;
        }),
      );
      // Served behind them, so they have been read by now.
      for (let i = 0; i < 3; i++) await ask(own, '/health/live');
      expect(ended).toBe(0);
      expect(await own.stop()).toBe(0);
      expect(new Set(await Promise.all(files))).toEqual(new Set([503]));
      expect(own.output()).not.toContain('MaxListenersExceededWarning');
    } finally {
      await own.kill();
    }
  });
});

// Both take half a minute, and run concurrently.
describe('a file that makes no progress', () => {
  const DEADLINE_MS = 500;
  /** How long a connection may be idle (src/server.ts). */
  const SILENT_MS = DEADLINE_MS + 20_000;
  const COOLDOWN_MS = SILENT_MS + 3000;
  const STALLED_MS = 30_000;
  let service: Service;
  let stalled: Promise<{ afterMs: number; audit: string }>;
  let waiting: Promise<{ afterMs: number; text: string; isComplete: boolean }>;

  beforeAll(async () => {
    service = await startService({
      DESK_BASE_URL: desk.url,
      DESK_MAX_RPS: '10000',
      DESK_DEADLINE_MS: String(DEADLINE_MS),
      DESK_COOLDOWN_MIN_MS: String(COOLDOWN_MS),
      DESK_COOLDOWN_MAX_MS: String(COOLDOWN_MS),
    });
    desk.forgetCalls();
    stalled = readNothing();
    waiting = readThroughCoolDown();
  });
  afterAll(() => service.kill());

  const readNothing = async () => {
    const startedAt = performance.now();
    const incoming = await begin(service, 'endless', { 'x-request-id': 'stalled' });
    incoming.pause();
    const audit = await service.logged(/"audit":"read".*"requestId":"stalled"/, 2 * STALLED_MS);
    return { afterMs: performance.now() - startedAt, audit };
  };

  const readThroughCoolDown = async () => {
    // Only once the other file waits for its client: a cool-down affects all.
    await untilQuiet(() => desk.calls.filter(({ sessionId }) => sessionId === 'endless').length);
    desk.failNext({ kind: 'error', code: 141009 }, { sessionId: 'limited', skip: 2 });
    const startedAt = performance.now();
    const incoming = await begin(service, 'limited');
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(incoming, 'close');
    return { afterMs: performance.now() - startedAt, text, isComplete: incoming.complete };
  };

  it('is complete if a cool-down was longer than a connection may be idle', async () => {
    const { afterMs, text, isComplete } = await waiting;
    expect(afterMs).toBeGreaterThan(SILENT_MS);
    expect(isComplete).toBe(true);
    expect(text).toMatch(/\{"type":"end","total":520\}\n$/);
  });

  it('is cut off if its client read nothing for 30 s while data waited', async () => {
    const { afterMs, audit } = await stalled;
    expect(afterMs).toBeGreaterThanOrEqual(STALLED_MS);
    expect(audit).toContain('"outcome":"stalled"');
    expect(desk.calls.filter(({ sessionId }) => sessionId === 'endless').length).toBeLessThan(20);
  });
});

describeWithRedis('a file at one replica', () => {
  it('gives way to page requests at another replica', async () => {
    const redis = await anyRedis();
    const replicas = await Replicas.start(2, {
      DESK_BASE_URL: desk.url,
      REDIS_URL: redis.url,
      // A file waits one and a half times as long for its turn.
      DESK_COOLDOWN_MAX_MS: '60000',
    });
    try {
      await replicas.undisturbed(async () => {
        await replicas.get(0, messagesPath('shared', '?format=ndjson'));
        // The last write continues behind the answer.
        await sleep(1000);
        desk.forgetCalls();
        for (const query of ['?order=asc&limit=100', '?order=asc&limit=50&offset=275', '?limit=20']) {
          const { status, headers } = await replicas.get(1, messagesPath('shared', query));
          expect([status, headers.get('cache-status')]).toEqual([200, expect.stringMatching(/hit/)]);
        }
      });
      expect(desk.calls).toHaveLength(0);
    } finally {
      await replicas.stop();
      await redis.stop();
    }
  });
});
