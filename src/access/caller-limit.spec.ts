import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { beforeEach, expect, test } from '@jest/globals';
import { RedisLink } from '../redis/redis-link.js';
import { CallerLimit } from './caller-limit.js';

let now: number;
let limit: CallerLimit;

beforeEach(() => {
  now = 1000;
  limit = new CallerLimit(new RedisLink(undefined), 'desk', 2, () => now);
});

const request = () => new IncomingMessage(new Socket());

test('a refused request that is checked twice is counted once', async () => {
  for (let i = 0; i < 2; i++) expect(await limit.take(request(), 'ann')).toBe(0);
  const refused = request();
  expect(await limit.take(refused, 'ann')).toBe(60_000);
  now += 60_000;
  for (let i = 0; i < 2; i++) expect(await limit.take(refused, 'ann')).toBe(60_000);
  for (let i = 0; i < 2; i++) expect(await limit.take(request(), 'ann')).toBe(0);
  expect(await limit.take(request(), 'bob')).toBe(0);
});

test('a minute begins with its first request, and its count with 0', async () => {
  const take = () => limit.take(request(), 'ann');
  expect(await take()).toBe(0);
  now += 59_999;
  expect([await take(), await take()]).toEqual([0, 1]);
  now += 1;
  expect([await take(), await take(), await take()]).toEqual([0, 0, 60_000]);
});
