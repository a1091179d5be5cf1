import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { type Answer, ask } from './http.js';
import { anyRedis, describeWithOwnRedis, describeWithRedis, startRedis } from './redis-server.js';
import { Replicas } from './replicas.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';
import { sendWebhook, TOKEN } from './webhook.js';

const KEY = 'a-key';
const PATH = '/running-sessions';
const KEYS = { AUTH_MODE: 'api-key', API_KEYS: `ann:${createHash('sha256').update(KEY).digest('hex')}` };

function idsIn(answer: Pick<Answer, 'json'>): unknown[] {
  const body: unknown = answer.json();
  const sessions: unknown = typeof body === 'object' && body !== null && 'sessions' in body ? body.sessions : undefined;
  if (!Array.isArray(sessions)) throw new Error('no list');
  const list: readonly unknown[] = sessions;
  return list.map((one) => (typeof one === 'object' && one !== null && 'id' in one ? one.id : undefined));
}

describe('GET /running-sessions', () => {
  let service: Service;
  let without: Service;
  const asAnn = { headers: { 'x-api-key': KEY } };

  beforeAll(async () => {
    [service, without] = await Promise.all([
      startService({ ...KEYS, WEBHOOK_TOKENS: TOKEN, RATE_LIMIT_PER_MINUTE: '1000' }),
      startService(KEYS),
    ]);
  });
  afterAll(async () => {
    await Promise.all([service.kill(), without.kill()]);
  });

  it('lists the sessions that a webhook reported, newest first, each once', async () => {
    expect((await ask(service, PATH, asAnn)).json()).toEqual({ sessions: [] });
    const startedAt = Date.now();
    for (const sessionId of ['one', 'two', 'one']) {
      await sendWebhook(service, { sessionId });
      // So that each has a time of its own.
      await sleep(5);
    }
    const answer = await ask(service, PATH, asAnn);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const lastEventAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.json()).toEqual({ sessions: ['one', 'two'].map((id) => ({ id, lastEventAt })) });
    const newest = /"lastEventAt":"([^"]+)"/.exec(answer.text)?.[1] ?? '';
    expect(Date.parse(newest)).toBeGreaterThanOrEqual(startedAt);
    const head = await ask(service, PATH, { ...asAnn, method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  it('lists no other event, and no refused webhook', async () => {
    await sendWebhook(service, { body: '{"CallbackCommand":"Other","SessionId":"other"}' });
    await sendWebhook(service, { sessionId: 'forged', token: 'forged' });
    expect((await ask(service, PATH, asAnn)).text).not.toMatch(/other|forged/);
  });

  it('requires a known caller, has no parameters and no other method', async () => {
    expect((await ask(service, PATH)).status).toBe(401);
    expect((await ask(service, `${PATH}?limit=1`, asAnn)).json()).toMatchObject({
      status: 400,
      errors: [{ field: 'limit' }],
    });
    const answer = await ask(service, PATH, { ...asAnn, method: 'POST' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('leaves an audit line', async () => {
    await ask(service, PATH, asAnn);
    await service.logged(/"audit":"read".*"caller":"ann","list":"running-sessions","outcome":"listed","status":200/);
  });

  test('is 404 without a webhook configured', async () => {
    expect((await ask(without, PATH, asAnn)).json()).toMatchObject({ status: 404, code: 'not-found' });
    expect((await ask(without, PATH)).status).toBe(401);
  });
});

describeWithRedis('GET /running-sessions over two replicas', () => {
  it.each([
    ['in the clear', {}],
    ['encrypted', { CACHE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') }],
  ])('lists at one what the other received, %s', async (_, environment) => {
    const redis = await anyRedis();
    const replicas = await Replicas.start(2, { ...environment, REDIS_URL: redis.url, WEBHOOK_TOKENS: TOKEN });
    await replicas.undisturbed(async () => {
      await sendWebhook(replicas.nth(0), { sessionId: 'one' });
      await sleep(50);
      await sendWebhook(replicas.nth(1), { sessionId: 'two' });
      // They are written behind the answers.
      for (const nth of [0, 1]) await until(async () => idsIn(await ask(replicas.nth(nth), PATH)).length === 2);
    });
    for (const nth of [0, 1]) expect(idsIn(await ask(replicas.nth(nth), PATH))).toEqual(['two', 'one']);
    await replicas.stop();
    await redis.stop();
  });

  it('lists the newest 1,000', async () => {
    const redis = await anyRedis();
    const replicas = await Replicas.start(1, { REDIS_URL: redis.url, WEBHOOK_TOKENS: TOKEN });
    for (let i = 0; i < 1010; i += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, k) => sendWebhook(replicas.nth(0), { sessionId: `s-${i + k}` })),
      );
    }
    // The last ones are written behind the answers.
    await until(async () => (await ask(replicas.nth(0), PATH)).text.includes('"s-1009"'));
    expect(idsIn(await ask(replicas.nth(0), PATH))).toHaveLength(1000);
    await replicas.stop();
    await redis.stop();
  });
});

describeWithOwnRedis('GET /running-sessions while Redis is away', () => {
  it('loses nothing: at this replica at once, at the others when Redis is back', async () => {
    const redis = await startRedis();
    const replicas = await Replicas.start(2, { REDIS_URL: redis.url, WEBHOOK_TOKENS: TOKEN });
    const idsAt = async (nth: number) => idsIn(await ask(replicas.nth(nth), PATH));
    await sendWebhook(replicas.nth(0), { sessionId: 'before' });
    await until(async () => JSON.stringify(await idsAt(1)) === '["before"]');
    await redis.kill();
    await sendWebhook(replicas.nth(0), { sessionId: 'meanwhile' });
    await until(async () => JSON.stringify(await idsAt(0)) === '["meanwhile","before"]');
    // It comes back empty.
    await redis.restart();
    await until(async () => JSON.stringify(await idsAt(1)) === '["meanwhile"]');
    expect(await idsAt(0)).toEqual(['meanwhile', 'before']);
    await replicas.stop();
    await redis.stop();
  });
});
