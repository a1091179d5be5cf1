import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { RedisScript } from '../../redis/redis-script.js';
import { SlidingWindow } from './sliding-window.js';

/** 50 ms on top of a second: two calls do not take equally long to reach the desk. */
const WINDOW_MS = 1050;

/**
 * A sliding window, since a fixed one lets through twice the quota around its edge. The sorted set holds the times of the
 * last calls by Redis's clock. A call that may not go yet leaves no trace, and times in the future (Redis's clock was set
 * back) do not count. KEYS quota; ARGV calls per window; replies the milliseconds to wait, 0 where the call was counted.
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

/** How many calls of a kind all replicas together may send to the desk in a second. */
export class Quota {
  private readonly key: string;
  /** Counts here while Redis is away. */
  private readonly own: SlidingWindow;

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    private readonly maxRps: number,
    now: Clock,
    kind: 'quota' | 'background' = 'quota',
  ) {
    this.key = `${keyPrefix}:{desk}:${kind}`;
    // How many replicas there are is unknown while Redis is away; a quarter each is safe for four.
    const share = redis.state === 'off' ? maxRps : Math.max(1, Math.floor(maxRps / 4));
    this.own = new SlidingWindow(share, WINDOW_MS, now);
  }

  /** Counts a call and replies 0, or the milliseconds until there may be room for one. */
  async take(): Promise<number> {
    const waitMs = await this.redis.tryRun((client) => TAKE.run(client, [this.key], [this.maxRps]));
    if (typeof waitMs !== 'number') return this.own.take();
    // The own window has to know it too, should Redis go away now.
    if (waitMs === 0) this.own.note();
    return waitMs;
  }
}
