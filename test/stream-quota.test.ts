import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { EventStream, streamPath } from './event-stream.js';
import { type Service, startService } from './service.js';
import { wireMessages } from './wire-messages.js';

describe('60 watched sessions that grow, on a quota of 10 calls a second', () => {
  let desk: Simulator;
  let service: Service;
  let streams: readonly EventStream[];
  const ids = Array.from({ length: 60 }, (_, i) => `growing${i}`);

  beforeAll(async () => {
    desk = await startSimulator();
    service = await startService({
      DESK_BASE_URL: desk.url,
      DESK_MAX_RPS: '10',
      RATE_LIMIT_PER_MINUTE: '0',
      // As of sessions that are running now.
      CACHE_FRESH_MAX_MS: '2000',
      CACHE_STALE_WHILE_REVALIDATE_MS: '0',
      CACHE_STALE_IF_ERROR_MS: '0',
    });
    for (const id of ids) desk.setSession(id, wireMessages(0, 3));
    streams = await Promise.all(ids.map((id) => EventStream.open(service, streamPath(id))));
    await Promise.all(streams.map((stream) => stream.count(1)));
  });

  afterAll(async () => {
    for (const stream of streams) stream.leave();
    await service.kill();
    await desk.close();
  });

  test('are all served within 12 s, while uncached pages are served within a second', async () => {
    const grownAt = Date.now();
    for (const id of ids) desk.append(id, ...wireMessages(3, 1));
    const served = Promise.all(streams.map((stream) => stream.until(({ positions }) => positions.length === 1)));
    const times: number[] = [];
    for (let i = 0; i < 10; i++) {
      times.push(
        await timeOf(`/sessions/cold${i}/messages`, () => {
          desk.setSession(`cold${i}`, wireMessages(0, 3));
        }),
      );
      await sleep(400);
    }
    await served;
    const slowest = Math.max(...streams.map(({ events }) => events[1]?.at ?? Infinity));
    expect(slowest - grownAt).toBeLessThan(12_000);
    expect(median(times)).toBeLessThan(1000);
  });

  test('leave a page of one of them as fast as another', async () => {
    const times: number[] = [];
    for (const id of ids.slice(0, 12)) {
      times.push(await timeOf(`/sessions/${id}/messages`));
      await sleep(250);
    }
    expect(median(times)).toBeLessThan(1000);
  });

  test('are not in the queue of interactive requests', async () => {
    const text = await (await service.get('/metrics')).text();
    expect(Number(/^desk_background_waiting (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(10);
    expect(Number(/^desk_queue_length (\d+)$/m.exec(text)?.[1])).toBeLessThan(5);
  });

  async function timeOf(path: string, before: () => void = () => undefined): Promise<number> {
    before();
    const startedAt = performance.now();
    const response = await service.get(path);
    await response.text();
    expect(response.status).toBe(200);
    return performance.now() - startedAt;
  }
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
