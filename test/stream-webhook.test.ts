import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { EventStream, streamPath } from './event-stream.js';
import { metricOf } from './scrape.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';
import { sendWebhook, TOKEN } from './webhook.js';
import { wireMessages } from './wire-messages.js';

/** A webhook takes milliseconds; the rest is for a busy machine. */
const SOON_MS = 1000;

let desk: Simulator;
let service: Service;
const streams: EventStream[] = [];

beforeAll(async () => {
  desk = await startSimulator();
  // During these tests only webhooks cause a poll.
  service = await startService({
    DESK_BASE_URL: desk.url,
    DESK_MAX_RPS: '1000',
    RATE_LIMIT_PER_MINUTE: '0',
    CACHE_FRESH_MIN_MS: '60000',
    CACHE_FRESH_MAX_MS: '60000',
    WEBHOOK_TOKENS: TOKEN,
    WEBHOOK_FRESH_MS: '60000',
  });
  // Before the first webhook, watches poll by themselves.
  await sendWebhook(service, { sessionId: 'another' });
});

afterAll(async () => {
  for (const stream of streams) stream.leave();
  await service.kill();
  await desk.close();
});

const follow = async (id: string): Promise<EventStream> => {
  const stream = await EventStream.open(service, streamPath(id));
  streams.push(stream);
  await stream.count(1);
  return stream;
};
const callsOf = (id: string) => desk.calls.filter(({ sessionId }) => sessionId === id).length;

test('a webhook brings new messages to the clients of its session', async () => {
  desk.setSession('told', wireMessages(0, 3));
  const stream = await follow('told');
  desk.append('told', ...wireMessages(3, 1));
  const changedAt = Date.now();
  await sendWebhook(service, { sessionId: 'told' });
  await stream.until(({ positions }) => positions.length === 1);
  expect((stream.events[1]?.at ?? Infinity) - changedAt).toBeLessThan(SOON_MS);
  const calls = callsOf('told');
  // The reported message was found: there is no further poll, which would come after 1 or 2 s.
  await sleep(3000);
  expect(callsOf('told')).toBe(calls);
});

test('a webhook ahead of the records is followed by polls after 1, 2 and 5 s', async () => {
  desk.setSession('late', wireMessages(0, 3));
  const stream = await follow('late');
  const before = callsOf('late');
  await sendWebhook(service, { sessionId: 'late' });
  await stream.until(() => callsOf('late') - before >= 3, 30_000);
  desk.append('late', ...wireMessages(3, 1));
  await stream.until(({ positions }) => positions.length === 1, 30_000);
  expect(callsOf('late') - before).toBe(4);
});

test('many webhooks of one session cost a call a second', async () => {
  desk.setSession('busy', wireMessages(0, 3));
  await follow('busy');
  const before = callsOf('busy');
  const startedAt = Date.now();
  for (let i = 0; i < 30; i++) {
    await sendWebhook(service, { sessionId: 'busy' });
    await sleep(100);
  }
  const seconds = (Date.now() - startedAt) / 1000;
  expect(callsOf('busy') - before).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
  expect(callsOf('busy') - before).toBeGreaterThanOrEqual(2);
});

test('a webhook of a session that nobody watches costs nothing', async () => {
  desk.setSession('alone', wireMessages(0, 3));
  const watched = () => metricOf(service, 'sessions_watched');
  const others = await watched();
  const stream = await follow('alone');
  expect(await watched()).toBe(others + 1);
  stream.leave();
  await until(async () => (await watched()) === others);
  const before = callsOf('alone');
  await sendWebhook(service, { sessionId: 'alone' });
  // A watch would call at once, and again a second later.
  await sleep(1500);
  expect(callsOf('alone')).toBe(before);
});
