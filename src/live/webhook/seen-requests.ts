import { LRUCache } from 'lru-cache';
import { hashedId } from '../../redis/hashed-id.js';
import { type RedisLink } from '../../redis/redis-link.js';

/** The desk repeats a webhook that it got no answer to. */
const SEEN_MS = 600_000;
const MAX_SEEN = 50_000;

/** The webhooks of the last minutes, over all replicas; stored as hashes, since their ids may hold anything. */
export class SeenRequests {
  private readonly local = new LRUCache<string, true>({ max: MAX_SEEN, ttl: SEEN_MS });

  constructor(
    private readonly redis: RedisLink,
    private readonly keyPrefix: string,
  ) {}

  /** Without waiting if this replica has it, or if Redis is not connected. */
  has(requestId: string): boolean | Promise<boolean> {
    const key = this.keyOf(requestId);
    if (this.local.has(key)) return true;
    return this.redis.state === 'up' ? this.isInRedis(key) : false;
  }

  async note(requestId: string): Promise<void> {
    const key = this.keyOf(requestId);
    this.local.set(key, true);
    await this.redis.run((client) => client.set(key, '1', 'PX', SEEN_MS), key);
  }

  /** A key with a TTL longer than this was not written by us. */
  private async isInRedis(key: string): Promise<boolean> {
    const leftMs = (await this.redis.run((client) => client.pttl(key), key)) ?? 0;
    return leftMs > 0 && leftMs <= SEEN_MS;
  }

  private keyOf(requestId: string): string {
    return `${this.keyPrefix}:webhook:${hashedId(requestId)}`;
  }
}
