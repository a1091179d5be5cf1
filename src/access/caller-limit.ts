import { type IncomingMessage } from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type RedisLink } from '../redis/redis-link.js';
import { outcomeOf, waitOf } from './limit-outcome.js';
import { SharedCount } from './shared-count.js';

/** How often one caller may ask in a minute, all replicas together; what one does costs another nothing. */
export class CallerLimit {
  /** Without Redis each replica counts alone: an outage of the cache is not the caller's fault. */
  private readonly alone: RateLimiterMemory;
  private readonly shared: SharedCount | undefined;
  private readonly counted = new WeakMap<IncomingMessage, Promise<number>>();

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    perMinute: number,
  ) {
    this.alone = new RateLimiterMemory({ points: perMinute, duration: 60 });
    if (redis.client !== undefined) this.shared = new SharedCount(redis, redis.client, keyPrefix, perMinute);
  }

  /** Counts a request, once: 0 where it may pass, else the milliseconds until one may. Never rejects. */
  take(request: IncomingMessage, caller: string): Promise<number> {
    const allowance = this.counted.get(request) ?? this.count(caller);
    this.counted.set(request, allowance);
    return allowance;
  }

  private async count(caller: string): Promise<number> {
    const { shared } = this;
    if (shared !== undefined && this.redis.state === 'up') {
      try {
        return await shared.take(caller);
      } catch {
        // Whatever Redis does, it is counted here instead; the link itself says that it is away.
      }
    }
    return waitOf(await outcomeOf(this.alone.consume(caller)));
  }
}
