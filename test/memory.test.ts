import { expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { startService } from './service.js';

const MEGABYTE = 1024 * 1024;

test('small pages of many large sessions keep the memory within CACHE_MEMORY_BYTES and a margin', async () => {
  const simulator = await startSimulator();
  const service = await startService({
    DESK_BASE_URL: simulator.url,
    DESK_MAX_RPS: '10000',
    RATE_LIMIT_PER_MINUTE: '0',
    CACHE_MEMORY_BYTES: String(4 * MEGABYTE),
  });
  const held = async (): Promise<number> => {
    const { text } = await ask(service, '/metrics');
    return Number(/^nodejs_external_memory_bytes (\S+)$/m.exec(text)?.[1]) / MEGABYTE;
  };
  const old = Array.from({ length: 99 }, (_, i) => textMessage('x'.repeat(10_000), i));
  for (let i = 0; i < 300; i++) {
    simulator.setSession(`large-${i}`, [...old, textMessage('the newest is short', 100)]);
    expect((await ask(service, `/sessions/large-${i}/messages?limit=1`)).status).toBe(200);
  }
  const most = await held();
  await service.kill();
  await simulator.close();
  // About 600 MB were read.
  expect(most).toBeLessThan(150);
});
