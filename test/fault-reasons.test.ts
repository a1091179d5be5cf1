import { afterEach, expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { ask } from './http.js';
import { freePort } from './free-port.js';
import { describeWithOwnRedis, type RedisServer, startRedis } from './redis-server.js';
import { type SimulatedService, startSimulated } from './simulated-service.js';

let running: SimulatedService | undefined;
let redis: RedisServer | undefined;

afterEach(async () => {
  await running?.stop();
  await redis?.stop();
  running = undefined;
  redis = undefined;
});

/** The warnings with this text, which tell on-call why something does not work. */
function reasons({ service }: SimulatedService, text: string): string[] {
  const lines = service.output().split('\n');
  return lines.filter((line) => line.includes(text)).map((line) => /"reason":"([^"]+)"/.exec(line)?.[1] ?? 'none');
}

describeWithOwnRedis('the log says why Redis is not used', () => {
  test('a wrong password', async () => {
    redis = await startRedis(['--requirepass', 'right']);
    running = await startSimulated({ REDIS_URL: redis.url.replace('//', '//:wrong@') });
    const text = 'Redis is unavailable at start';
    await running.service.logged(new RegExp(text));
    expect(reasons(running, text)).toEqual(['WRONGPASS']);
    expect(running.service.output()).not.toContain('wrong@');
  });

  test('nobody listens', async () => {
    running = await startSimulated({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const text = 'Redis is unavailable at start';
    await running.service.logged(new RegExp(text));
    expect(reasons(running, text)).toEqual(['ECONNREFUSED']);
  });

  test('it froze', async () => {
    redis = await startRedis();
    running = await startSimulated({ REDIS_URL: redis.url });
    redis.freeze();
    expect((await ask(running.service, '/sessions/s/messages')).status).toBe(404);
    await running.service.logged(/Redis is unavailable; continuing/);
    expect(reasons(running, 'Redis is unavailable; continuing')).toEqual(['NoAnswerInTimeError']);
  });

  test('a full Redis refuses writes: once, not for each of them', async () => {
    redis = await startRedis(['--maxmemory', '1']);
    running = await startSimulated({ REDIS_URL: redis.url });
    running.simulator.setSession('s', [textMessage('hello', 1)]);
    for (const path of ['/sessions/s/messages', '/sessions/t/messages', '/sessions/u/messages']) {
      expect([200, 404]).toContain((await ask(running.service, path)).status);
    }
    await running.service.logged(/Redis refuses a command/);
    expect(reasons(running, 'Redis refuses a command')).toEqual(['OOM']);
  });
});

test('the log says why a call to the desk brought no answer', async () => {
  running = await startSimulated();
  running.simulator.setSession('s', [textMessage('hello', 1)]);
  running.simulator.faultUntilReset({ kind: 'reset' }, { sessionId: 's' });
  expect((await ask(running.service, '/sessions/s/messages')).status).toBe(502);
  const line = await running.service.logged(/a call to the desk brought no answer/);
  expect(JSON.parse(line)).toMatchObject({ level: 40, kind: 'network', reason: 'ECONNRESET' });
});
