import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { RedisScript } from '../../redis/redis-script.js';

/** 50 ms on top of a second: the time that calls take to reach the desk varies. */
const WINDOW_MS = 1050;

/**
 * A sliding window: a fixed one would allow twice the quota around its edge. The sorted set holds the times of the last
 * calls by Redis's clock. A rejected call is not recorded, and times in the future (Redis's clock was set back) do not
 * count. KEYS quota; ARGV calls per window; replies the milliseconds to wait, 0 if the call was counted.
 */
const TAKE = new RedisScript(
  `
local kind = redis.call('TYPE', KEYS[1])
if (kind.ok or kind) ~= 'zset' then redis.call('DEL', KEYS[1]) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = ${WINDOW_MS}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + window, '+inf')
local calls = redis.call('ZCARD', KEYS[1])
if calls >= tonumber(ARGV[1]) then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, math.ceil(oldest[2] + window - now))
end
redis.call('ZADD', KEYS[1], now, time[1] .. ':' .. time[2] .. ':' .. calls)
redis.call('PEXPIRE', KEYS[1], window)
return 0`,
  'take',
);

/** How many calls of one kind all replicas together may send to the desk in a second. */
export class Quota {
  private readonly key: string;
  /** The local window, used while Redis is unavailable. */
  private readonly own: SlidingWindow;

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
    this.own = new SlidingWindow(share, WINDOW_MS, now);
  }

  /** @returns 0 if the call was counted, else the milliseconds until there may be room */
  async take(): Promise<number> {
    const waitMs = await this.redis.tryRun((client) => TAKE.run(client, [this.key], [this.maxRps]));
    if (typeof waitMs !== 'number') return this.own.take();
    // The local window counts it too, in case Redis becomes unavailable now.
    if (waitMs === 0) this.own.note();
    return waitMs;
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
