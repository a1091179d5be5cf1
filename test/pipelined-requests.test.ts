import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { EventStream, streamPath } from './event-stream.js';
import { metricOf } from './scrape.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';
import { wireMessages } from './wire-messages.js';

let desk: Simulator;
let service: Service;

beforeAll(async () => {
  desk = await startSimulator();
});
beforeEach(async () => {
  service = await startService({
    DESK_BASE_URL: desk.url,
    DESK_MAX_RPS: '5',
    STREAM_MAX_PER_CALLER: '4',
    CACHE_FRESH_MAX_MS: '2000',
  });
});
afterEach(async () => {
  desk.clearFaults();
  await service.kill();
});
afterAll(() => desk.close());

/** Sends all requests on one connection at once, and reads nothing but what comes by itself. */
function pipeline(paths: readonly string[]): { readonly socket: Socket; readonly text: () => string } {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  return { socket, text: () => text };
}

const audited = (pattern: RegExp) => service.output().match(pattern)?.length ?? 0;

describe('a client that disconnects', () => {
  it('leaves none of its pipelined streams open, and each that began is audited at its end', async () => {
    desk.setSession('talk', wireMessages(0, 3));
    const { socket } = pipeline(Array.from({ length: 5 }, () => streamPath('talk')));
    await until(() => audited(/"outcome":"opened"/g) === 4);
    socket.destroy();
    await until(async () => (await metricOf(service, 'streams_open')) === 0);
    await until(() => audited(/"outcome":"left"/g) === 4);
    const again = await EventStream.open(service, streamPath('talk'));
    expect(again.status).toBe(200);
    again.leave();
  });

  it('has no call made for its pipelined pages any more', async () => {
    const { socket } = pipeline(Array.from({ length: 60 }, (_, i) => `/sessions/load-${i}/messages`));
    await until(async () => (await metricOf(service, 'desk_queue_length')) > 40);
    const before = desk.calls.length;
    socket.destroy();
    await until(async () => (await metricOf(service, 'desk_queue_length')) === 0);
    expect(desk.calls.length - before).toBeLessThan(15);
    await until(() => audited(/"audit":"read"/g) === 60);
  });
});

describe('a pipelined file that fails before its turn', () => {
  it('ends with its connection, and does not look whole', async () => {
    desk.setSession('slow', wireMessages(0, 3));
    desk.setSession('fails', wireMessages(0, 300));
    desk.failNext({ kind: 'latency', ms: 1500 }, { sessionId: 'slow' });
    desk.faultUntilReset({ kind: 'status', status: 403 }, { sessionId: 'fails', skip: 2 });
    const paths = ['/sessions/slow/messages', '/sessions/fails/messages?format=ndjson&from=95'];
    const { socket, text } = pipeline(paths);
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text()).toContain('"sessionId":"slow"');
    expect(text()).not.toContain('"type":"end"');
    expect(await service.logged(/"audit":"read".*"format":"ndjson"/)).toContain('"outcome":"upstream-failed"');
  });
});
