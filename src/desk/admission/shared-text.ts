import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { RedisScript } from '../../redis/redis-script.js';

/** A short text shared by all replicas, with its expiry; the TTL in Redis is the clock. */
export interface HeldText {
  readonly text: string;
  readonly expiresAt: number;
}

/** A key without expiry, or of another type, was not written by us. */
const PEEK = new RedisScript(
  `
local held = redis.pcall('GET', KEYS[1])
local ttl = redis.call('PTTL', KEYS[1])
if type(held) ~= 'string' or ttl < 0 then return {'', 0} end
return {held, ttl}`,
  'peek',
);

/** The text under the key; undefined while Redis is unavailable. */
export async function peekText(redis: RedisLink, key: string, now: Clock): Promise<HeldText | undefined> {
  return readHeldText(await redis.tryRun((client) => PEEK.run(client, [key], [])), now());
}

/** Parses a reply of text and TTL in milliseconds. */
export function readHeldText(reply: unknown, now: number): HeldText | undefined {
  if (!Array.isArray(reply)) return undefined;
  const parts: readonly unknown[] = reply;
  const [text, ttlMs] = parts;
  if (!Buffer.isBuffer(text) || typeof ttlMs !== 'number') return undefined;
  return { text: text.toString('latin1'), expiresAt: now + ttlMs };
}
