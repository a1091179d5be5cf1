import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import {
  AUDIENCE,
  inSeconds,
  type Issuer,
  ISSUER,
  makeKey,
  sign,
  type SigningKey,
  startIssuer,
} from './auth-issuer.js';
import { EventStream, streamPath } from './event-stream.js';
import { metricOf } from './scrape.js';
import { type Service, startService } from './service.js';
import { until, untilQuiet } from './until.js';
import { wireMessages } from './wire-messages.js';

let desk: Simulator;
let service: Service | undefined;
const streams: EventStream[] = [];

beforeAll(async () => {
  desk = await startSimulator();
});

afterEach(async () => {
  for (const stream of streams.splice(0)) stream.leave();
  await service?.kill();
});

afterAll(async () => {
  await desk.close();
});

const start = async (environment: Record<string, string> = {}): Promise<Service> => {
  service = await startService({
    DESK_BASE_URL: desk.url,
    DESK_MAX_RPS: '1000',
    RATE_LIMIT_PER_MINUTE: '0',
    CACHE_FRESH_MAX_MS: '2000',
    ...environment,
  });
  return service;
};
const follow = async (of: Service, path: string, headers?: Record<string, string>): Promise<EventStream> => {
  const stream = await EventStream.open(of, path, headers);
  streams.push(stream);
  return stream;
};

describe('a stream by token', () => {
  let issuer: Issuer;
  let key: SigningKey;

  beforeAll(async () => {
    [issuer, key] = await Promise.all([startIssuer(), makeKey('one')]);
    issuer.publish(key);
    desk.setSession('talk', wireMessages(0, 3));
  });

  afterAll(async () => {
    await issuer.close();
  });

  const startForTokens = () =>
    start({ AUTH_MODE: 'jwt', JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_JWKS_URL: issuer.url });
  const bearer = async (exp: number) => ({ authorization: `Bearer ${await sign(key, { exp })}` });

  test('ends when the token expires, cleanly and not before', async () => {
    const jwt = await startForTokens();
    const exp = inSeconds(6);
    const stream = await follow(jwt, streamPath('talk'), await bearer(exp));
    await stream.count(1);
    await stream.until(({ hasEnded }) => hasEnded);
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000 - 50);
    expect(stream.incoming.complete).toBe(true);
    expect(await jwt.logged(/"outcome":"expired"/)).toContain('"audit":"read"');
  });

  test('continues with a token that is valid for longer than timers of Node run', async () => {
    const jwt = await startForTokens();
    const stream = await follow(jwt, streamPath('talk'), await bearer(inSeconds(60 * 86_400)));
    await stream.count(1);
    // A timer that overflows would have ended it at once.
    await sleep(1000);
    expect(stream.hasEnded).toBe(false);
    expect(jwt.output()).not.toContain('TimeoutOverflowWarning');
  });
});

test('a stream outlives the timeout of idle connections, with rare comments or none', async () => {
  desk.setSession('silent', wireMessages(0, 3));
  // 20 s after the deadline every other idle connection is closed.
  const quiet = await start({ DESK_DEADLINE_MS: '1000', STREAM_HEARTBEAT_MS: '0' });
  const stream = await follow(quiet, streamPath('silent'));
  await stream.count(1);
  await sleep(23_000);
  expect(stream.hasEnded).toBe(false);
  desk.append('silent', ...wireMessages(3, 1));
  await stream.until(({ positions }) => positions.length === 1);
});

test('older messages are sent at the pace of the client, completely and once', async () => {
  const long = 'x'.repeat(11_000);
  const total = 3000;
  desk.setSession(
    'behind',
    wireMessages(0, total, () => long),
  );
  const steady = await start();
  const stream = await follow(steady, streamPath('behind', '?from=0'));
  await stream.count(2);
  stream.incoming.pause();
  const blocks = () => desk.calls.filter(({ sessionId, order }) => sessionId === 'behind' && order === 1).length;
  await untilQuiet(blocks);
  // 33 MB of older messages; loopback buffers some before anything blocks.
  expect(blocks()).toBeLessThan(25);
  stream.incoming.resume();
  await stream.until(({ positions }) => positions.length >= total, 60_000);
  expect(stream.positions).toEqual(Array.from({ length: total }, (_, i) => i));
});

test('a stream counts once for the limit of its caller, and beyond it is refused with Retry-After', async () => {
  desk.setSession('limited', wireMessages(0, 3));
  const few = await start({ RATE_LIMIT_PER_MINUTE: '2', CACHE_FRESH_MAX_MS: '2000' });
  const first = await follow(few, streamPath('limited'));
  await first.count(1);
  desk.append('limited', ...wireMessages(3, 1));
  await first.until(({ positions }) => positions.length === 1);
  expect((await follow(few, streamPath('limited'))).status).toBe(200);
  const refused = await follow(few, streamPath('limited', '?from=1'), { 'X-Request-Id': 'one-too-many' });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  await refused.until(() => /"audit":"read","requestId":"one-too-many".*"sessionId":"limited"/.test(few.output()));
});

test('a stream that is being opened when the service stops is refused, and does not hold up the stop', async () => {
  desk.setSession('opening', wireMessages(0, 3));
  const stopping = await start();
  desk.forgetCalls();
  desk.faultUntilReset({ kind: 'latency', ms: 1500 });
  const opening = follow(stopping, streamPath('opening'));
  await until(() => desk.calls.length > 0);
  const code = stopping.stop();
  const refused = await opening;
  desk.clearFaults();
  expect(refused.status).toBe(503);
  await refused.until(({ hasEnded }) => hasEnded);
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'unavailable' });
  expect(await code).toBe(0);
  expect(stopping.output()).not.toContain('stopped with requests still under way');
});

test('a hanging desk ends no stream, and new messages come when it answers again', async () => {
  desk.setSession('hanging', wireMessages(0, 3));
  const patient = await start({ DESK_ATTEMPT_TIMEOUT_MS: '300', DESK_DEADLINE_MS: '1000' });
  const stream = await follow(patient, streamPath('hanging'));
  await stream.count(1);
  desk.faultUntilReset({ kind: 'hang' });
  desk.append('hanging', ...wireMessages(3, 2));
  const timeouts = 'desk_calls_total{command="describe_chat_messages",code="timeout"}';
  await until(async () => (await metricOf(patient, timeouts)) >= 3, 30_000);
  expect(stream.hasEnded).toBe(false);
  desk.clearFaults();
  await stream.until(({ positions }) => positions.length === 2, 30_000);
  expect(stream.positions).toEqual([3, 4]);
});
