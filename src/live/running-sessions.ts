import { LRUCache } from 'lru-cache';
import { type ValueCipher } from '../cache/stored-value.js';
import { type Clock } from '../clock.js';
import { hashedId } from '../redis/hashed-id.js';
import { type RedisLink } from '../redis/redis-link.js';
import { RedisScript } from '../redis/redis-script.js';
import { WriteRetries } from '../redis/write-retries.js';

export interface RunningSession {
  readonly id: string;
  /** Unix milliseconds. */
  readonly lastEventAt: number;
}

export interface RunningSessionsParts {
  readonly redis: RedisLink;
  readonly keyPrefix: string;
  readonly cipher: ValueCipher;
  readonly now: Clock;
}

/** A session without a webhook for this long has ended or is unknown. */
const KEPT_MS = 1_800_000;
const MAX_LISTED = 1000;
/** More than are listed, so that many new sessions do not evict one that gets its next webhook in a moment. */
const MAX_KEPT = 5000;

/**
 * KEYS the times by name, the ids by name; ARGV name, id, milliseconds kept, how many, milliseconds ago. Times are
 * those of Redis's clock; a key of another type is replaced.
 */
const NOTE = new RedisScript(
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function drop(names)
  if #names == 0 then return end
  redis.call('ZREM', KEYS[1], unpack(names))
  redis.call('HDEL', KEYS[2], unpack(names))
end
if redis.call('TYPE', KEYS[1]).ok ~= 'zset' then redis.call('DEL', KEYS[1]) end
if redis.call('TYPE', KEYS[2]).ok ~= 'hash' then redis.call('DEL', KEYS[2]) end
local at = now - ARGV[5]
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not known or tonumber(known) < at then redis.call('ZADD', KEYS[1], at, ARGV[1]) end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
drop(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[3], 'LIMIT', 0, 1000))
drop(redis.call('ZRANGE', KEYS[1], 0, -1 - ARGV[4]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return now`,
  'note',
);

/**
 * KEYS as above; ARGV milliseconds kept, how many. Replies {name, id, milliseconds ago} for each in turn, newest first.
 */
const LIST = new RedisScript(
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {}
local found = redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', now - ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #found, 2 do
  local id = redis.call('HGET', KEYS[2], found[i])
  if id then
    reply[#reply + 1] = found[i]
    reply[#reply + 1] = id
    reply[#reply + 1] = now - math.floor(tonumber(found[i + 1]))
  end
end
return reply`,
  'list',
);

/** The sessions that a webhook reported lately: the desk's own API has no list of running ones. */
export class RunningSessions {
  /** What webhooks reported to this replica: Redis may be unavailable, or lose what it had. */
  private readonly local: LRUCache<string, number>;
  private readonly retries = new WriteRetries((id) => this.write(id));

  constructor(private readonly parts: RunningSessionsParts) {
    this.local = new LRUCache({ max: MAX_LISTED });
  }

  async note(id: string): Promise<void> {
    this.local.set(id, this.parts.now());
    if (this.parts.redis.state !== 'off') await this.write(id);
  }

  private async write(id: string): Promise<void> {
    const { redis, cipher, now } = this.parts;
    const at = this.local.peek(id);
    // Not repeated for ever: a full Redis refuses every write.
    if (at === undefined || now() - at >= KEPT_MS) return;
    const name = hashedId(id);
    const args = [name, cipher.encrypt(Buffer.from(id), name), KEPT_MS, MAX_KEPT, now() - at];
    const written = await redis.run((client) => NOTE.run(client, this.keys, args), this.keys[0]);
    if (written === undefined) this.retries.add(id);
  }

  /** Newest first. */
  async list(): Promise<readonly RunningSession[]> {
    const { redis } = this.parts;
    const reply = await redis.run((client) => LIST.run(client, this.keys, [KEPT_MS, MAX_LISTED]), this.keys[0]);
    const times = new Map<string, number>();
    for (const { id, lastEventAt } of [...this.readReply(reply), ...this.listLocal()]) {
      times.set(id, Math.max(lastEventAt, times.get(id) ?? 0));
    }
    const sessions = [...times].map(([id, lastEventAt]) => ({ id, lastEventAt }));
    return sessions.toSorted((a, b) => b.lastEventAt - a.lastEventAt).slice(0, MAX_LISTED);
  }

  /** In one slot of a cluster. */
  private get keys(): readonly [string, string] {
    const { keyPrefix } = this.parts;
    return [`${keyPrefix}:{running}:times`, `${keyPrefix}:{running}:ids`];
  }

  private readReply(reply: unknown): RunningSession[] {
    const { cipher, now } = this.parts;
    const fields: readonly unknown[] = Array.isArray(reply) ? reply : [];
    const sessions: RunningSession[] = [];
    for (let i = 0; i + 2 < fields.length; i += 3) {
      const [name, stored, agoMs] = [String(fields[i]), fields[i + 1], Number(fields[i + 2])];
      const id = Buffer.isBuffer(stored) ? cipher.decrypt(stored, name)?.toString() : undefined;
      if (id !== undefined) sessions.push({ id, lastEventAt: now() - Math.max(0, agoMs) });
    }
    return sessions;
  }

  private listLocal(): RunningSession[] {
    const since = this.parts.now() - KEPT_MS;
    return [...this.local.entries()]
      .map(([id, lastEventAt]) => ({ id, lastEventAt }))
      .filter(({ lastEventAt }) => lastEventAt > since);
  }
}
