import { randomBytes } from 'node:crypto';
import { type Clock } from '../clock.js';
import { isRedisTrouble, type RedisLink } from '../redis/redis-link.js';

/** The right to be the one call that goes first after a cool-down, among all replicas; it lapses by itself. */
export class Probe {
  private heldUntil = 0;
  private readonly key: string;

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    private readonly ttlMs: number,
    private readonly now: Clock,
  ) {
    this.key = `${keyPrefix}:{desk}:probe`;
  }

  async claim(): Promise<boolean> {
    if (this.heldUntil > this.now()) return false;
    this.heldUntil = this.now() + this.ttlMs;
    try {
      const token = randomBytes(6).toString('hex');
      const isOurs = await this.redis.run((client) => client.set(this.key, token, 'PX', this.ttlMs, 'NX'));
      if (isOurs === null) this.heldUntil = 0;
      return isOurs !== null;
    } catch (error) {
      if (isRedisTrouble(error)) return true;
      throw error;
    }
  }

  /** The call brought no verdict, or brought one: the next may go. */
  async release(): Promise<void> {
    if (this.heldUntil === 0) return;
    this.heldUntil = 0;
    try {
      await this.redis.run((client) => client.del(this.key));
    } catch (error) {
      if (!isRedisTrouble(error)) throw error;
    }
  }
}
