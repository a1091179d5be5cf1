import {
  type IRateLimiterRedisOptions,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import { type RedisLink } from '../redis/redis-link.js';

/**
 * The library's own script counts in fixed windows, so twice the quota may go out around an edge. This one keeps the
 * times of the last calls by Redis's clock: no second, wherever it starts, sees more. 20 ms on top cover the way to the
 * desk, which is not the same for two calls. A refused call leaves no trace.
 */
const SLIDING_SECOND = `
local kind = redis.call('TYPE', KEYS[1])
if (kind.ok or kind) ~= 'zset' then redis.call('DEL', KEYS[1]) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window = ARGV[2] * 1000 + 20
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
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
  private readonly limiter: RateLimiterMemory | RateLimiterRedis;

  constructor(redis: RedisLink, keyPrefix: string, maxRps: number) {
    if (redis.client === undefined) {
      this.limiter = new RateLimiterMemory({ points: maxRps, duration: 1 });
      return;
    }
    const options: IRateLimiterRedisOptions = {
      storeClient: redis.client,
      keyPrefix: `${keyPrefix}:{desk}`,
      points: maxRps,
      duration: 1,
      rejectIfRedisNotReady: true,
      customIncrTtlLuaScript: SLIDING_SECOND,
      // Nobody knows how many replicas there are while Redis is away; a quarter is safe for four.
      insuranceLimiter: new RateLimiterMemory({ points: Math.max(1, Math.floor(maxRps / 4)), duration: 1 }),
    };
    this.limiter = new RateLimiterRedis(options);
  }

  /** Takes one call out of the quota; 0 where it was free, else the milliseconds until it may be tried again. */
  async take(): Promise<number> {
    try {
      await this.limiter.consume('quota');
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
      throw refusal;
    }
  }
}
