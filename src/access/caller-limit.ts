import { type IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type Clock } from '../clock.js';
import { type RedisLink } from '../redis/redis-link.js';
import { type MinuteCount, OwnMinuteCounts, SharedMinuteCounts } from './minute-counts.js';

const MAX_REFUSED = 10_000;

/** How many requests a caller may make in a minute, counted over all replicas; callers do not affect each other. */
export class CallerLimit {
  private readonly shared: SharedMinuteCounts;
  /** Without Redis each replica counts alone, from 0: an outage of Redis is not the caller's fault. */
  private readonly own: OwnMinuteCounts;
  /** When the minute ends of callers who have used it up: until then their requests cost no command. */
  private readonly refusedUntil = new LRUCache<string, number>({ max: MAX_REFUSED });
  private readonly counted = new WeakMap<IncomingMessage, Promise<number>>();

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    private readonly perMinute: number,
    private readonly now: Clock,
  ) {
    this.shared = new SharedMinuteCounts(redis, keyPrefix);
    this.own = new OwnMinuteCounts(now);
  }

  /** Counts a request, once: 0 where it may pass, else the milliseconds until one may. Never rejects. */
  take(request: IncomingMessage, caller: string): Promise<number> {
    const allowance = this.counted.get(request) ?? this.count(caller);
    this.counted.set(request, allowance);
    return allowance;
  }

  private async count(caller: string): Promise<number> {
    if (this.redis.state !== 'up') return this.waitMs(this.own.add(caller));
    const refusedMs = (this.refusedUntil.get(caller) ?? 0) - this.now();
    if (refusedMs > 0) return refusedMs;
    const minute = await this.shared.add(caller);
    if (minute === undefined) return this.waitMs(this.own.add(caller));
    if (minute.count >= this.perMinute) this.refusedUntil.set(caller, this.now() + minute.remainingMs);
    return this.waitMs(minute);
  }

  private waitMs({ count, remainingMs }: MinuteCount): number {
    return count > this.perMinute ? Math.max(1, remainingMs) : 0;
  }
}
