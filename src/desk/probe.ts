import { randomBytes } from 'node:crypto';
import { type Clock } from '../clock.js';
import { isRedisTrouble, type RedisLink } from '../redis/redis-link.js';
import { RedisScript } from '../redis/redis-script.js';

/** Who comes back late must not give away what is another's by now. */
const GIVE_BACK = new RedisScript(`
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`);

/** The right to be the one call that goes first after a cool-down, among all replicas; it lapses by itself. */
export class Probe {
  private token = '';
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
    this.token = randomBytes(6).toString('hex');
    try {
      const reply = await this.redis.run((client) => client.set(this.key, this.token, 'PX', this.ttlMs, 'NX'));
      if (reply === null) this.heldUntil = 0;
      return reply !== null;
    } catch (error) {
      if (isRedisTrouble(error)) return true;
      this.heldUntil = 0;
      throw error;
    }
  }

  /** The call brought no verdict, or brought one: the next may go. */
  async release(): Promise<void> {
    if (this.heldUntil === 0) return;
    this.heldUntil = 0;
    try {
      await this.redis.run((client) => GIVE_BACK.run(client, [this.key], [this.token]));
    } catch (error) {
      if (!isRedisTrouble(error)) throw error;
    }
  }
}
