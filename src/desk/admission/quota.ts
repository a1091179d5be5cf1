import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { SlidingWindow } from './sliding-window.js';

/** 50 ms on top of a second cover the way to the desk, which is not the same for two calls. */
const WINDOW_MS = 1050;

/**
 * The library's own script counts in fixed windows, so twice the quota may go out around an edge. This one keeps the
 * times of the last calls by Redis's clock: no second, wherever it starts, sees more. A refused call leaves no trace, and
 * calls of the future (Redis's clock was set back, or somebody put them there) do not count.
 */
const SLIDING_SECOND = `
local kind = redis.call('TYPE', KEYS[1])
if (kind.ok or kind) ~= 'zset' then redis.call('DEL', KEYS[1]) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = ${WINDOW_MS}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + window, '+inf')
local points = tonumber(ARGV[3])
if redis.call('ZCARD', KEYS[1]) >= points then
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return {points + 1, math.max(1, math.ceil(oldest[2] + window - now))}
end
redis.call('ZADD', KEYS[1], now, time[1] .. ':' .. time[2] .. ':' .. redis.call('ZCARD', KEYS[1]))
redis.call('PEXPIRE', KEYS[1], window)
return {redis.call('ZCARD', KEYS[1]), window}`;

/** How many calls all replicas together may send to the desk in a second. */
export class Quota {
  private readonly shared: RateLimiterRedis | undefined;
  /** The library's own insurance limiter has fixed windows, and knows nothing of what went out while Redis was there. */
  private readonly insurance: SlidingWindow;

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    maxRps: number,
    now: Clock,
  ) {
    // Nobody knows how many replicas there are while Redis is away; a quarter is safe for four.
    const own = redis.client === undefined ? maxRps : Math.max(1, Math.floor(maxRps / 4));
    this.insurance = new SlidingWindow(own, WINDOW_MS, now);
    if (redis.client === undefined) return;
    this.shared = new RateLimiterRedis({
      storeClient: redis.client,
      keyPrefix: `${keyPrefix}:{desk}`,
      points: maxRps,
      duration: 1,
      rejectIfRedisNotReady: true,
      customIncrTtlLuaScript: SLIDING_SECOND,
    });
  }

  /** Takes one call out of the quota; 0 where it was free, else the milliseconds until it may be tried again. */
  async take(): Promise<number> {
    if (this.shared === undefined || this.redis.state !== 'up') return this.insurance.take();
    const { shared } = this;
    try {
      // Through the link, so that a frozen Redis costs its 100 ms here as everywhere.
      const refusal = await this.redis.run(() => shared.consume('quota').then(() => undefined, refusalOf));
      if (refusal !== undefined) return Math.max(1, refusal.msBeforeNext);
      this.insurance.note();
      return 0;
    } catch {
      return this.insurance.take();
    }
  }
}

/** The library rejects with its result where the quota is spent, and with an error where Redis failed. */
function refusalOf(reason: unknown): RateLimiterRes {
  if (reason instanceof RateLimiterRes) return reason;
  throw reason;
}
