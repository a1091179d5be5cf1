import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { EventStream, streamPath } from './event-stream.js';
import { describeWithNginx, type Nginx, startNginx } from './nginx-server.js';
import { type Service, startService } from './service.js';
import { wireMessages } from './wire-messages.js';

describeWithNginx('a stream behind nginx', () => {
  let desk: Simulator;
  let service: Service;
  let nginx: Nginx;

  beforeAll(async () => {
    desk = await startSimulator();
    service = await startService({
      DESK_BASE_URL: desk.url,
      CACHE_FRESH_MIN_MS: '300',
      CACHE_FRESH_MAX_MS: '300',
      STREAM_HEARTBEAT_MS: '200',
    });
    nginx = await startNginx(service.url);
  });

  afterAll(async () => {
    await nginx.stop();
    await service.kill();
    await desk.close();
  });

  test('arrives event by event, neither buffered nor compressed', async () => {
    desk.setSession('talk', wireMessages(0, 3));
    const stream = await EventStream.open(nginx, streamPath('talk'), { 'accept-encoding': 'gzip, br' });
    expect(stream.status).toBe(200);
    expect(stream.headers['content-encoding']).toBeUndefined();
    expect(stream.headers['content-type']).toBe('text/event-stream');
    // Each of these is far smaller than nginx's buffer, and nothing follows it.
    await stream.count(1);
    await stream.until(({ comments }) => comments.length >= 2);
    desk.append('talk', ...wireMessages(3, 1));
    await stream.until(({ positions }) => positions.length === 1);
    expect(stream.positions).toEqual([3]);
    stream.leave();
  });

  test('ends behind it when its client disconnects', async () => {
    desk.setSession('left', wireMessages(0, 3));
    const stream = await EventStream.open(nginx, streamPath('left'));
    await stream.count(1);
    stream.leave();
    await stream.until(() => /"sessionId":"left".*"outcome":"left"/.test(service.output()));
  });
});
