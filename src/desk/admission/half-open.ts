import { randomBytes } from 'node:crypto';
import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { RedisScript } from '../../redis/redis-script.js';

/**
 * Claims a key that is free or has a TTL longer than any claim. KEYS claim; ARGV token, milliseconds; replies 1 or 0.
 */
const TAKE = new RedisScript(
  `
local ttl = redis.call('PTTL', KEYS[1])
if ttl >= 0 and ttl <= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`,
  'take',
);

/** Compares the token first: after a timeout the claim may belong to another replica. KEYS claim; ARGV token. */
const GIVE_BACK = new RedisScript(
  `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`,
  'give back',
);

/** The claim to send the trial call after a cool-down, among all replicas. It expires by itself. */
export class HalfOpen {
  private token = '';
  private heldUntil = 0;

  constructor(
    private readonly redis: RedisLink,
    private readonly key: string,
    private readonly ttlMs: number,
    private readonly now: Clock,
  ) {}

  async claim(): Promise<boolean> {
    if (this.heldUntil > this.now()) return false;
    this.heldUntil = this.now() + this.ttlMs;
    this.token = randomBytes(6).toString('hex');
    const reply = await this.redis.run((client) => TAKE.run(client, [this.key], [this.token, this.ttlMs]));
    // Without Redis each replica decides for itself.
    const isTaken = reply === undefined || reply === 1;
    if (!isTaken) this.heldUntil = 0;
    return isTaken;
  }

  /** The trial call has ended, whatever its outcome. */
  async release(): Promise<void> {
    if (this.heldUntil === 0) return;
    this.heldUntil = 0;
    await this.redis.run((client) => GIVE_BACK.run(client, [this.key], [this.token]));
  }
}
