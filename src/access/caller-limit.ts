import { type IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type Clock } from '../clock.js';
import { type RedisLink } from '../redis/redis-link.js';
import { type MinuteCount, OwnMinuteCounts, SharedMinuteCounts } from './minute-counts.js';

const MAX_CALLERS = 10_000;

/** Requests of a caller's minute that Redis has counted in advance. */
interface Lease {
  left: number;
  /** The next lease asks for twice as much: a replica with few requests of a caller takes little from the others. */
  readonly size: number;
  readonly endsAt: number;
}

/**
 * How many requests a caller may make in a minute, counted over all replicas; callers do not affect each other. Redis
 * is not asked for each request: it leases some in advance, which count as made. What is left of a lease expires with
 * the minute.
 */
export class CallerLimit {
  private readonly shared: SharedMinuteCounts;
  /** Without Redis each replica counts alone, from 0: an outage of Redis is not the caller's fault. */
  private readonly own: OwnMinuteCounts;
  /** End of the minute of callers who have used it up: until then their requests cost no command. */
  private readonly refusedUntil = new LRUCache<string, number>({ max: MAX_CALLERS });
  private readonly leases = new LRUCache<string, Lease>({ max: MAX_CALLERS });
  /** Callers whose lease is being requested: one request at a time. */
  private readonly leasing = new Set<string>();
  /**
   * Only refused requests are checked twice, by the fast path and behind it; remembering every request would cost a hit
   * a tenth.
   */
  private readonly refused = new WeakMap<IncomingMessage, number>();

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    private readonly perMinute: number,
    private readonly now: Clock,
  ) {
    this.shared = new SharedMinuteCounts(redis, keyPrefix, perMinute);
    this.own = new OwnMinuteCounts(now);
  }

  /**
   * 0 if the request may pass, else the milliseconds until one may. Counts it, unless it was refused before. Never
   * rejects.
   */
  take(request: IncomingMessage, caller: string): number | Promise<number> {
    if (this.takeLeased(caller)) return 0;
    return this.refused.get(request) ?? this.count(request, caller);
  }

  private takeLeased(caller: string): boolean {
    const lease = this.leases.get(caller);
    if (lease === undefined || lease.left === 0 || lease.endsAt <= this.now()) return false;
    lease.left -= 1;
    return true;
  }

  private async count(request: IncomingMessage, caller: string): Promise<number> {
    const waitMs = await this.waitMs(caller);
    if (waitMs > 0) this.refused.set(request, waitMs);
    return waitMs;
  }

  private async waitMs(caller: string): Promise<number> {
    if (this.redis.state !== 'up') return this.excessMs(this.own.add(caller));
    const askedAt = this.now();
    const refusedMs = (this.refusedUntil.get(caller) ?? 0) - askedAt;
    if (refusedMs > 0) return refusedMs;
    const minute = await this.countShared(caller, askedAt);
    if (minute === undefined) return this.excessMs(this.own.add(caller));
    if (minute.count >= this.perMinute) this.refusedUntil.set(caller, this.now() + minute.remainingMs);
    return this.excessMs(minute);
  }

  private async countShared(caller: string, askedAt: number): Promise<MinuteCount | undefined> {
    if (this.leasing.has(caller)) return this.shared.add(caller, 0);
    const last = this.leases.get(caller);
    const wanted = last === undefined || last.endsAt <= askedAt ? 1 : last.size * 2;
    this.leasing.add(caller);
    const minute = await this.shared.add(caller, wanted);
    this.leasing.delete(caller);
    const size = minute?.leased ?? 0;
    // Counted from before the call to Redis, so that a lease never outlasts its minute.
    if (minute !== undefined && size > 0) {
      this.leases.set(caller, { left: size, size, endsAt: askedAt + minute.remainingMs });
    }
    return minute;
  }

  private excessMs({ count, remainingMs }: MinuteCount): number {
    return count > this.perMinute ? Math.max(1, remainingMs) : 0;
  }
}
