import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { RedisScript } from '../../redis/redis-script.js';
import { SHARED_TEXT, type SharedText } from './shared-text.js';

/** 50 ms on top of a second: the time that calls take to reach the desk varies. */
const WINDOW_MS = 1050;

/**
 * Lua: counts a call, or returns the milliseconds to wait. A sliding window: a fixed one would allow twice the quota around
 * its edge. The sorted set holds the times of the last calls by Redis's clock. A rejected call is not recorded, and
 * times in the future (Redis's clock was set back) do not count.
 */
const COUNT = `
local function count(key, most)
  local kind = redis.call('TYPE', key)
  if (kind.ok or kind) ~= 'zset' then redis.call('DEL', key) end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local window = ${WINDOW_MS}
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  redis.call('ZREMRANGEBYSCORE', key, now + window, '+inf')
  local calls = redis.call('ZCARD', key)
  if calls >= tonumber(most) then
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    return math.max(1, math.ceil(oldest[2] + window - now))
  end
  redis.call('ZADD', key, now, time[1] .. ':' .. time[2] .. ':' .. calls)
  redis.call('PEXPIRE', key, window)
  return 0
end`;

/** KEYS quota; ARGV calls per window; replies the milliseconds to wait, 0 if the call was counted. */
const TAKE = new RedisScript(`${COUNT}\nreturn count(KEYS[1], ARGV[1])`, 'take');

/**
 * KEYS quota, then the texts; ARGV calls per window. Replies the milliseconds to wait as above, -1 if one of the texts
 * exists and nothing was counted; then each text and its TTL.
 */
const TAKE_UNLESS = new RedisScript(
  `${COUNT}${SHARED_TEXT}
local reply, isHeld = {-1}, false
for index = 2, #KEYS do
  local text, ttl = shared(KEYS[index])
  isHeld = isHeld or text ~= ''
  reply[#reply + 1] = text
  reply[#reply + 1] = ttl
end
if not isHeld then reply[1] = count(KEYS[1], ARGV[1]) end
return reply`,
  'take unless',
);

/** How many calls of one kind all replicas together may send to the desk in a second. */
export class Quota {
  private readonly key: string;
  /** The local window, used while Redis is unavailable. */
  private readonly local: SlidingWindow;

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    private readonly maxRps: number,
    now: Clock,
    kind: 'quota' | 'background' = 'quota',
  ) {
    this.key = `${keyPrefix}:{desk}:${kind}`;
    // The number of replicas is unknown while Redis is unavailable; a quarter each is safe for four.
    const share = redis.state === 'off' ? maxRps : Math.max(1, Math.floor(maxRps / 4));
    this.local = new SlidingWindow(share, WINDOW_MS, now);
  }

  /** @returns 0 if the call was counted, else the milliseconds until there may be room */
  async take(): Promise<number> {
    const waitMs = await this.redis.run((client) => TAKE.run(client, [this.key], [this.maxRps]));
    if (typeof waitMs !== 'number') return this.local.take();
    this.noteTaken(waitMs);
    return waitMs;
  }

  /**
   * Reads the texts, and takes a call as above if none of them exists: both in one round trip.
   *
   * @returns undefined if nothing was taken: one of them exists, or Redis is unavailable
   */
  async takeUnless(texts: readonly SharedText[]): Promise<number | undefined> {
    const keys = [this.key, ...texts.map(({ key }) => key)];
    const reply = await this.redis.run((client) => TAKE_UNLESS.run(client, keys, [this.maxRps]));
    if (!Array.isArray(reply)) return undefined;
    const values: readonly unknown[] = reply;
    for (const [i, text] of texts.entries()) text.accept(values[2 * i + 1], values[2 * i + 2]);
    const [waitMs] = values;
    if (typeof waitMs !== 'number' || waitMs < 0) return undefined;
    this.noteTaken(waitMs);
    return waitMs;
  }

  /** The local window counts it too, in case Redis becomes unavailable now. */
  private noteTaken(waitMs: number): void {
    if (waitMs === 0) this.local.note();
  }
}

/** At most `most` calls in any window, wherever it starts, counted in this process alone. */
export class SlidingWindow {
  private readonly times: number[] = [];

  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly now: Clock,
  ) {}

  /** @returns 0 if the call was counted, else the milliseconds until there is room */
  take(): number {
    const oldest = this.times.length < this.most ? undefined : this.times[0];
    const remainingMs = oldest === undefined ? 0 : oldest + this.windowMs - this.now();
    if (remainingMs > 0) return Math.ceil(remainingMs);
    this.note();
    return 0;
  }

  /** Counts a call that was allowed elsewhere. */
  note(): void {
    this.times.push(this.now());
    if (this.times.length > this.most) this.times.shift();
  }
}
