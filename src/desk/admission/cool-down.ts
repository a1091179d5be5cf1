import { randomBytes } from 'node:crypto';
import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { RedisScript } from '../../redis/redis-script.js';
import { HalfOpen } from './half-open.js';
import { SharedText } from './shared-text.js';

/**
 * `active`: no call may be sent · `half-open`: it has ended, and one trial call may go · `none`: all calls may be sent.
 * `seen` is the id of the cool-down known at admission, or ''; it is passed back with the outcome of the call.
 */
export type CoolDownState =
  { readonly kind: 'active' } | { readonly kind: 'half-open' | 'none'; readonly seen: string };

export interface CoolDownOptions {
  readonly redis: RedisLink;
  readonly key: string;
  readonly minMs: number;
  readonly maxMs: number;
  /** The key of the trial call's claim, and how long that claim lasts. */
  readonly halfOpenKey: string;
  readonly halfOpenMs: number;
  readonly now: Clock;
}

/** One cool-down. `proven`: a call succeeded after it ended. */
interface CoolDownRecord {
  readonly id: string;
  readonly lengthMs: number;
  readonly proven: boolean;
}

/** A cool-down is kept for twice its length after its end: a limit within that time doubles the next one. */
const KEPT_LENGTHS = 3;
/** No cool-down. */
const NONE = '';

/**
 * Compare and set: writes the text only if the stored cool-down is the one the caller knew; replies what is stored
 * afterwards. KEYS cool-down; ARGV known id, text, its milliseconds, longest cool-down (a key with a longer TTL is
 * ignored).
 */
const COMPARE_AND_SET = new RedisScript(
  `
local held = redis.pcall('GET', KEYS[1])
local ttl = redis.call('PTTL', KEYS[1])
local id, length = string.match(type(held) == 'string' and held or '', '^(%x+):(%d+):')
length = math.min(tonumber(length) or 0, tonumber(ARGV[4]))
if ttl < 0 or ttl > length * ${KEPT_LENGTHS} then id = nil end
if (id or '') == ARGV[1] then
  held = ARGV[2]
  redis.call('SET', KEYS[1], held, 'PX', ARGV[3])
end
return {held, redis.call('PTTL', KEYS[1])}`,
  'compare and set',
);

/**
 * The pause after a rate-limit answer, shared by all replicas. The state is one short text in Redis whose TTL is the
 * clock, so that replicas need not agree on the time; the local copy is used while Redis is unavailable.
 */
export class CoolDown {
  readonly shared: SharedText;
  private readonly halfOpen: HalfOpen;

  constructor(private readonly options: CoolDownOptions) {
    const { redis, key, halfOpenKey, halfOpenMs, now } = options;
    this.shared = new SharedText(key, now);
    this.halfOpen = new HalfOpen(redis, halfOpenKey, halfOpenMs, now);
  }

  /** Whether a call may be sent now, as far as this replica knows. */
  get state(): CoolDownState {
    if (this.remainingMs() > 0) return { kind: 'active' };
    const record = this.record();
    return { kind: record === undefined || record.proven ? 'none' : 'half-open', seen: record?.id ?? NONE };
  }

  /** Whether the caller may send the trial call. */
  claimHalfOpen(): Promise<boolean> {
    return this.halfOpen.claim();
  }

  /** The trial call had no outcome: another may be sent. */
  async releaseHalfOpen(): Promise<void> {
    await this.halfOpen.release();
  }

  /** Milliseconds until calls may be sent, as far as this replica knows. */
  remainingMs(): number {
    const record = this.record();
    if (record === undefined) return 0;
    return Math.max(0, this.shared.remainingMs - record.lengthMs * (KEPT_LENGTHS - 1));
  }

  /**
   * The desk limited a call that was admitted when `seen` was known. If another cool-down has begun since, the call was
   * sent before it and changes nothing; else a new one begins, twice as long as one that is still kept.
   */
  async limited(seen: string): Promise<number> {
    const before = this.record();
    if (before !== undefined && before.id === seen) {
      await this.begin(seen, Math.min(before.lengthMs * 2, this.options.maxMs));
    }
    if (this.record() === undefined) await this.begin(NONE, this.options.minMs);
    return this.remainingMs();
  }

  /** The trial call after a cool-down succeeded: all calls may be sent. */
  async succeeded(seen: string): Promise<void> {
    const record = this.record();
    if (record !== undefined && record.id === seen && !record.proven) {
      await this.compareAndSet(seen, { ...record, proven: true }, Math.max(1, this.shared.remainingMs));
    }
    await this.halfOpen.release();
  }

  private async begin(after: string, lengthMs: number): Promise<void> {
    if (lengthMs === 0) return;
    const id = randomBytes(6).toString('hex');
    await this.compareAndSet(after, { id, lengthMs, proven: false }, lengthMs * KEPT_LENGTHS);
  }

  /** The cool-down that is active or still kept. A key with a TTL longer than any cool-down was not written by us. */
  private record(): CoolDownRecord | undefined {
    const { text, remainingMs } = this.shared;
    const record = remainingMs > 0 ? parseRecord(text) : undefined;
    return remainingMs <= Math.min(record?.lengthMs ?? 0, this.options.maxMs) * KEPT_LENGTHS ? record : undefined;
  }

  private async compareAndSet(expectedId: string, record: CoolDownRecord, ttlMs: number): Promise<void> {
    const text = recordText(record);
    const ttl = Math.ceil(ttlMs);
    const args = [expectedId, text, ttl, this.options.maxMs];
    const reply = await this.options.redis.run((client) => COMPARE_AND_SET.run(client, [this.shared.key], args));
    const isKept = Array.isArray(reply) && this.shared.accept(reply[0], reply[1]);
    // Redis is unavailable or full: this replica still keeps the cool-down for itself.
    if (!isKept && (this.record()?.id ?? NONE) === expectedId) this.shared.set(text, ttl);
  }
}

function recordText({ id, lengthMs, proven }: CoolDownRecord): string {
  return `${id}:${lengthMs}:${proven ? 'proven' : 'unproven'}`;
}

function parseRecord(text: string): CoolDownRecord | undefined {
  const [, id, length, state] = /^([0-9a-f]+):(\d{1,12}):(proven|unproven)$/.exec(text) ?? [];
  if (id === undefined || length === undefined) return undefined;
  return { id, lengthMs: Number(length), proven: state === 'proven' };
}
