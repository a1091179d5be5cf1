import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { RedisLink } from '../redis/redis-link.js';
import { CallerLimit } from './caller-limit.js';

const request = () => new IncomingMessage(new Socket());

test('a request that is looked at twice is counted once', async () => {
  const limit = new CallerLimit(new RedisLink(undefined), 'desk', 2);
  const first = request();
  for (let looks = 0; looks < 3; looks++) expect(await limit.take(first, 'ann')).toBe(0);
  expect(await limit.take(request(), 'ann')).toBe(0);
  const refused = request();
  const waitMs = await limit.take(refused, 'ann');
  expect(waitMs).toBeGreaterThan(50_000);
  expect(await limit.take(refused, 'ann')).toBe(waitMs);
  expect(await limit.take(request(), 'bob')).toBe(0);
});
