import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { EventStream, positionsIn, streamPath } from './event-stream.js';
import { ask } from './http.js';
import { metricOf } from './scrape.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';
import { wireMessages } from './wire-messages.js';

const ENVIRONMENT = {
  DESK_MAX_RPS: '1000',
  RATE_LIMIT_PER_MINUTE: '0',
  CACHE_FRESH_MIN_MS: '300',
  CACHE_FRESH_MAX_MS: '300',
  DESK_COOLDOWN_MIN_MS: '300',
  DESK_COOLDOWN_MAX_MS: '600',
};

describe('the stream of a session', () => {
  let desk: Simulator;
  let service: Service;
  const streams: EventStream[] = [];

  beforeAll(async () => {
    desk = await startSimulator();
    service = await startService({ ...ENVIRONMENT, DESK_BASE_URL: desk.url, STREAM_HEARTBEAT_MS: '200' });
  });

  beforeEach(() => {
    for (const stream of streams.splice(0)) stream.leave();
    desk.reset();
  });

  afterAll(async () => {
    for (const stream of streams) stream.leave();
    await service.kill();
    await desk.close();
  });

  const follow = async (path: string, headers?: Record<string, string>): Promise<EventStream> => {
    const stream = await EventStream.open(service, path, headers);
    streams.push(stream);
    return stream;
  };

  test('begins with retry and its position, then sends each new message once, in order', async () => {
    desk.setSession('talk', wireMessages(0, 26));
    const stream = await follow(streamPath('talk'));
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    expect(stream.headers['x-request-id']).toBeDefined();
    await stream.count(1);
    expect(stream.retryMs).toBeGreaterThanOrEqual(2000);
    expect(stream.retryMs).toBeLessThanOrEqual(5000);
    desk.append('talk', ...wireMessages(26, 1));
    await stream.count(2);
    desk.append('talk', ...wireMessages(27, 2));
    await stream.until(({ positions }) => positions.length === 3);
    expect(stream.summary().slice(0, 2)).toEqual([
      ['ready', '26', 26, []],
      ['messages', '27', 27, [26]],
    ]);
    expect(stream.positions).toEqual([26, 27, 28]);
    const page: unknown = await (await service.get('/sessions/talk/messages?limit=3&order=asc&offset=26')).json();
    const streamed = stream.events.slice(1).flatMap(({ data }) => data['messages']);
    expect(page).toMatchObject({ messages: streamed });
  });

  test('sends missed messages to a client that reconnects, and nothing twice', async () => {
    desk.setSession('away', wireMessages(0, 250));
    const first = await follow(streamPath('away'));
    await first.count(1);
    first.leave();
    desk.append('away', ...wireMessages(250, 230));
    const second = await follow(streamPath('away'), { 'Last-Event-ID': first.lastEventId });
    await second.until(({ positions }) => positions.length >= 230);
    expect(second.events[0]).toMatchObject({ event: 'ready', id: '250' });
    expect(second.positions).toEqual(Array.from({ length: 230 }, (_, i) => 250 + i));
    expect(second.lastEventId).toBe('480');
  });

  test('begins before the first message, and sends it to a client that was disconnected when it came', async () => {
    desk.setSession('empty', []);
    const first = await follow(streamPath('empty'));
    expect((await first.count(1))[0]).toMatchObject({ event: 'ready', id: '0', data: { total: 0 } });
    first.leave();
    desk.append('empty', ...wireMessages(0, 2));
    const second = await follow(streamPath('empty'), { 'Last-Event-ID': first.lastEventId });
    await second.until(({ positions }) => positions.length === 2);
    expect(second.positions).toEqual([0, 1]);
  });

  test('sends an edit among the newest 100, and keeps the position of the client', async () => {
    desk.setSession('edit', wireMessages(0, 30));
    const stream = await follow(streamPath('edit'));
    await stream.count(1);
    desk.setSession(
      'edit',
      wireMessages(0, 30, (position) => (position === 7 ? 'corrected' : `m${position}`)),
    );
    await stream.count(2);
    expect(stream.summary()[1]).toEqual(['edited', '30', undefined, [7]]);
    expect(stream.events[1]?.data).toMatchObject({ messages: [{ position: 7, text: 'corrected' }] });
  });

  test('resets positions if there are fewer messages than before', async () => {
    desk.setSession('shrunk', wireMessages(0, 30));
    const stream = await follow(streamPath('shrunk'));
    await stream.count(1);
    desk.shrink('shrunk', 12);
    await stream.count(2);
    expect(stream.events[1]).toMatchObject({ event: 'reset', id: '12', data: { total: 12 } });
  });

  test('continues after a reset, and so does one that returns with an id beyond the new total', async () => {
    desk.setSession('goes-on', wireMessages(0, 30));
    const stream = await follow(streamPath('goes-on'));
    await stream.count(1);
    desk.shrink('goes-on', 12);
    await stream.count(2);
    const back = await follow(streamPath('goes-on'), { 'Last-Event-ID': '30' });
    await back.count(2);
    desk.append('goes-on', ...wireMessages(12, 1));
    await Promise.all([stream.count(3), back.count(3)]);
    desk.append('goes-on', ...wireMessages(13, 1));
    await Promise.all([stream.count(4), back.count(4)]);
    const afterReset = [
      ['reset', '12', 12, []],
      ['messages', '13', 13, [12]],
      ['messages', '14', 14, [13]],
    ];
    expect(stream.summary()).toEqual([['ready', '30', 30, []], ...afterReset]);
    expect(back.summary()).toEqual([['ready', '30', 12, []], ...afterReset]);
    const page: unknown = await (await service.get('/sessions/goes-on/messages?limit=2')).json();
    expect(page).toMatchObject({ messages: [{ position: 13 }, { position: 12 }], page: { total: 14 } });
  });

  test('continues if the messages that it still had to send are gone', async () => {
    desk.setSession('gone-behind', wireMessages(0, 430));
    const stream = await follow(streamPath('gone-behind'));
    await stream.count(1);
    desk.shrink('gone-behind', 250);
    // It begins in a cached log of 430, at the position where the session now ends.
    const behind = await follow(streamPath('gone-behind', '?from=250'));
    await Promise.all([stream, behind].map((one) => one.until(({ lastEventId }) => lastEventId === '250')));
    desk.append('gone-behind', ...wireMessages(250, 1));
    await Promise.all([stream, behind].map((one) => one.until(({ lastEventId }) => lastEventId === '251')));
    expect(stream.positions).toEqual([250]);
    expect(behind.positions.at(-1)).toBe(250);
  });

  test('asks the desk again about a beginning beyond the end, then resets and continues from the end', async () => {
    desk.setSession('beyond', wireMessages(0, 5));
    await service.get('/sessions/beyond/messages');
    desk.append('beyond', ...wireMessages(5, 1));
    const stream = await follow(streamPath('beyond', '?from=6'));
    expect((await stream.count(1))[0]).toMatchObject({ event: 'ready', id: '6', data: { total: 6 } });
    const lost = await follow(streamPath('beyond', '?from=9'));
    expect((await lost.count(2)).map(({ event, id }) => [event, id])).toEqual([
      ['ready', '9'],
      ['reset', '6'],
    ]);
    desk.append('beyond', ...wireMessages(6, 1));
    await lost.until(({ positions }) => positions.length === 1);
    expect(lost.positions).toEqual([6]);
  });

  test('only reports changes of a session that contradicts itself, without positions', async () => {
    desk.setSession('odd', wireMessages(0, 150));
    desk.answerInOrder('odd', 'contradicting');
    await service.get('/sessions/odd/messages?order=asc&offset=60&limit=80');
    const stream = await follow(streamPath('odd'), { 'Last-Event-ID': '3' });
    const [ready, reset] = await stream.count(2);
    expect(ready).toMatchObject({ event: 'ready', id: '', data: { total: 150 } });
    expect(reset).toMatchObject({ event: 'reset', id: '', data: { total: 150 } });
    desk.append('odd', ...wireMessages(150, 1));
    const events = await stream.count(3);
    expect(events[2]).toMatchObject({ event: 'reset', id: '', data: { total: 151 } });
  });

  test('sends comments, so that the connection is not taken for dead', async () => {
    desk.setSession('silent', wireMessages(0, 1));
    const stream = await follow(streamPath('silent'));
    await stream.until(({ comments }) => comments.length >= 3);
    expect(stream.events).toHaveLength(1);
  });

  test('sends all older messages, in events of at most 100, once each and in order', async () => {
    desk.setSession('long', wireMessages(0, 730));
    const stream = await follow(streamPath('long', '?from=5'));
    await stream.until(({ positions }) => positions.length >= 725);
    expect(stream.positions).toEqual(Array.from({ length: 725 }, (_, i) => 5 + i));
    for (const { id, data } of stream.events.slice(1)) {
      const positions = positionsIn(data);
      expect(positions.length).toBeLessThanOrEqual(100);
      expect(id).toBe(String(Number(positions.at(-1)) + 1));
    }
  });

  test('calls the desk once for all clients of a session', async () => {
    desk.setSession('shared', wireMessages(0, 3));
    const all = await Promise.all(Array.from({ length: 20 }, () => follow(streamPath('shared'))));
    desk.forgetCalls();
    const startedAt = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    // Fresh for 300 ms at a time.
    expect(desk.calls.length).toBeLessThanOrEqual((Date.now() - startedAt) / 300 + 1);
    expect(desk.calls.length).toBeGreaterThan(1);
    desk.append('shared', ...wireMessages(3, 1));
    await Promise.all(all.map((stream) => stream.until(({ positions }) => positions.length === 1)));
    for (const stream of all) stream.leave();
    await metricIs(service, 'sessions_watched', 0);
    desk.forgetCalls();
    // Three lifetimes: a watch would call in each.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(desk.calls).toHaveLength(0);
  });

  test('answers before the first byte, with a problem, what cannot be followed', async () => {
    const unknown = await follow(streamPath('nowhere'));
    await unknown.until(({ hasEnded }) => hasEnded);
    expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect(unknown.body).toContain('"session-not-found"');
    for (const [query, headers] of [
      ['?from=-1', {}],
      ['?from=07', {}],
      ['?from=1&from=2', {}],
      ['?limit=3', {}],
      ['', { 'Last-Event-ID': 'x' }],
    ] as const) {
      const stream = await follow(streamPath('nowhere', query), headers);
      expect(stream.status).toBe(400);
    }
    desk.faultUntilReset({ kind: 'error', code: 141002 });
    expect((await follow(streamPath('refused'))).status).toBe(502);
  });

  test('treats an empty Last-Event-ID as absent', async () => {
    desk.setSession('none', wireMessages(0, 4));
    const stream = await follow(streamPath('none', '?from=2'), { 'Last-Event-ID': '' });
    await stream.until(({ positions }) => positions.length === 2);
    expect(stream.positions).toEqual([2, 3]);
  });

  test('answers HEAD with the headers, without a call', async () => {
    desk.forgetCalls();
    const answer = await ask(service, streamPath('nowhere'), { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
    });
    expect(desk.calls).toHaveLength(0);
    expect((await ask(service, '/sessions/x/messages/stream', { method: 'POST' })).headers['allow']).toBe('GET, HEAD');
  });

  test('ends if the session vanishes', async () => {
    desk.setSession('vanishing', wireMessages(0, 3));
    const stream = await follow(streamPath('vanishing'));
    await stream.count(1);
    desk.remove('vanishing');
    await stream.until(({ hasEnded }) => hasEnded);
    expect(stream.incoming.complete).toBe(true);
  });

  test('continues through limits and failures of the desk, and misses nothing', async () => {
    desk.setSession('troubled', wireMessages(0, 3));
    const stream = await follow(streamPath('troubled'));
    await stream.count(1);
    let total = 3;
    // 141002 fails a read only at the third attempt.
    for (const code of [141009, 141002, 60007]) {
      desk.faultUntilReset({ kind: 'error', code });
      desk.append('troubled', ...wireMessages(total++, 1));
      const answered = () => desk.calls.filter(({ errorCode }) => errorCode === code).length;
      await until(() => answered() >= (code === 141002 ? 3 : 1));
      desk.clearFaults();
    }
    await stream.until(({ positions }) => positions.length === 3);
    expect(stream.positions).toEqual([3, 4, 5]);
    expect(stream.hasEnded).toBe(false);
  });

  test('is measured at its first byte, and audited at both ends', async () => {
    desk.setSession('audited', wireMessages(0, 3));
    const stream = await follow(streamPath('audited', '?from=1'), { 'X-Request-Id': 'audited-stream' });
    await stream.until(({ positions }) => positions.length === 2);
    const text = await (await service.get('/metrics')).text();
    expect(text).toMatch(/http_request_duration_seconds_count\{route="\/sessions\/:sessionId\/messages\/stream"/);
    stream.leave();
    await stream.until(() => auditLines().length === 2);
    expect(auditLines()).toMatchObject([
      { sessionId: 'audited', from: 1, outcome: 'opened', status: 200 },
      { sessionId: 'audited', from: 1, outcome: 'left', messages: 2, status: 200 },
    ]);
    function auditLines(): unknown[] {
      return service
        .output()
        .split('\n')
        .filter((line) => line.includes('"audit":"read"') && line.includes('"audited-stream"'))
        .map((line): unknown => JSON.parse(line));
    }
  });
});

describe('a replica with few streams', () => {
  let desk: Simulator;
  let service: Service;
  const streams: EventStream[] = [];

  beforeAll(async () => {
    desk = await startSimulator();
    desk.setSession('talk', wireMessages(0, 3));
  });

  afterAll(async () => {
    await desk.close();
  });

  afterEach(async () => {
    for (const stream of streams.splice(0)) stream.leave();
    await service.kill();
  });

  const start = async (environment: Record<string, string>): Promise<void> => {
    service = await startService({ ...ENVIRONMENT, DESK_BASE_URL: desk.url, ...environment });
  };
  const follow = async (id: string): Promise<EventStream> => {
    const stream = await EventStream.open(service, streamPath(id));
    streams.push(stream);
    return stream;
  };

  test('refuses streams beyond STREAM_MAX, and accepts one when another ended', async () => {
    await start({ STREAM_MAX: '2', STREAM_MAX_PER_CALLER: '0' });
    const all = [await follow('talk'), await follow('talk')];
    const refused = await follow('talk');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await refused.until(({ body }) => body.includes('"unavailable"'));
    await metricIs(service, 'streams_open', 2);
    all[0]?.leave();
    await metricIs(service, 'streams_open', 1);
    const next = await follow('talk');
    expect(next.status).toBe(200);
  });

  test('refuses one caller’s beyond STREAM_MAX_PER_CALLER', async () => {
    await start({ STREAM_MAX_PER_CALLER: '1' });
    expect((await follow('talk')).status).toBe(200);
    expect((await follow('talk')).status).toBe(503);
  });

  test('ends them when it stops, at once and cleanly', async () => {
    await start({ DESK_DEADLINE_MS: '1000' });
    await Promise.all([1, 2, 3].map(() => follow('talk')));
    await Promise.all(streams.map((stream) => stream.count(1)));
    const stoppedAt = Date.now();
    expect(await service.stop()).toBe(0);
    expect(Date.now() - stoppedAt).toBeLessThan(9000);
    await Promise.all(streams.map((stream) => stream.until(({ hasEnded }) => hasEnded)));
    expect(streams.map(({ incoming }) => incoming.complete)).toEqual([true, true, true]);
  });

  test('cuts off a client that leaves new events unread, and keeps the others', async () => {
    await start({ CACHE_FRESH_MIN_MS: '0', CACHE_FRESH_MAX_MS: '0' });
    const long = 'x'.repeat(11_000);
    desk.setSession('loud', wireMessages(0, 1));
    const slow = await follow('loud');
    const good = await follow('loud');
    await Promise.all([slow.count(1), good.count(1)]);
    slow.incoming.pause();
    let total = 1;
    for (; total < 3000 && !service.output().includes('"outcome":"slow"'); total += 90) {
      desk.append('loud', ...wireMessages(total, 90, () => long));
      await good.until(({ positions }) => positions.length >= total + 89);
    }
    expect(service.output()).toContain('"outcome":"slow"');
    await metricIs(service, 'streams_open', 1);
    expect(good.hasEnded).toBe(false);
  });
});

async function metricIs(service: Service, name: string, value: number): Promise<void> {
  await until(async () => (await metricOf(service, name)) === value, 20_000);
}
