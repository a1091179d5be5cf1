import { LRUCache } from 'lru-cache';
import { type Clock } from '../clock.js';
import { type RedisLink } from '../redis/redis-link.js';
import { RedisScript } from '../redis/redis-script.js';

/** A minute begins with a caller's first request, and ends 60 seconds later. */
const MINUTE_MS = 60_000;

/** A request's number within its caller's minute, from 1, and how long that minute still lasts. */
export interface MinuteCount {
  readonly count: number;
  readonly remainingMs: number;
}

/** A lease: further requests of this minute, already counted, that this replica may let pass. */
export interface LeasedCount extends MinuteCount {
  readonly leased: number;
}

/** The largest part of the remaining limit for one lease, so that one replica's lease hardly shortens another's. */
const LEASE_PART = 30;

/**
 * A key of another type, with a text, or with a number out of range is replaced: INCRBY would fail on it for ever. KEYS
 * counter; ARGV requests, milliseconds of a minute, limit, requests wanted as a lease. Replies {number, milliseconds
 * left, leased}.
 */
const COUNT = new RedisScript(
  `
local count = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(count) ~= 'number' or count < tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  count = redis.call('INCRBY', KEYS[1], ARGV[1])
end
local minute = tonumber(ARGV[2])
local rest = redis.call('PTTL', KEYS[1])
if rest < 0 or rest > minute then
  redis.call('PEXPIRE', KEYS[1], minute)
  rest = minute
end
local left = math.floor((tonumber(ARGV[3]) - count) / ${LEASE_PART})
local leased = math.max(0, math.min(tonumber(ARGV[4]), left))
if leased > 0 then redis.call('INCRBY', KEYS[1], leased) end
return {count, rest, leased}`,
  'count',
);

interface Batch {
  size: number;
  readonly reply: Promise<unknown>;
}

/** Counts in Redis, for all replicas: a caller's requests within one turn of the event loop are one command. */
export class SharedMinuteCounts {
  private readonly batches = new Map<string, Batch>();

  constructor(
    private readonly redis: RedisLink,
    private readonly keyPrefix: string,
    private readonly perMinute: number,
  ) {}

  /** `wanted` further requests are leased if the limit allows; one lease for all requests of a turn. */
  async add(caller: string, wanted: number): Promise<LeasedCount | undefined> {
    const batch = this.batches.get(caller) ?? this.open(caller, wanted);
    batch.size += 1;
    const place = batch.size;
    const reply = await batch.reply;
    if (!Array.isArray(reply)) return undefined;
    const values: readonly unknown[] = reply;
    const [count, remainingMs, leased] = values;
    return {
      count: Number(count) - batch.size + place,
      remainingMs: Number(remainingMs),
      leased: place === 1 ? Number(leased) : 0,
    };
  }

  private open(caller: string, wanted: number): Batch {
    const key = `${this.keyPrefix}:limit:${caller}`;
    const turn = new Promise((resolve) => setImmediate(resolve));
    const reply = turn.then(() => {
      this.batches.delete(caller);
      const args = [batch.size, MINUTE_MS, this.perMinute, wanted];
      return this.redis.run((client) => COUNT.run(client, [key], args));
    });
    const batch: Batch = { size: 0, reply };
    this.batches.set(caller, batch);
    return batch;
  }
}

/** With more callers than this in a minute, those not seen for longest start at 0 again. */
const MAX_CALLERS = 10_000;

/** Counts in this process alone. */
export class OwnMinuteCounts {
  private readonly minutes = new LRUCache<string, { count: number; readonly endsAt: number }>({ max: MAX_CALLERS });

  constructor(private readonly now: Clock) {}

  add(caller: string): MinuteCount {
    const now = this.now();
    const known = this.minutes.get(caller);
    const minute = known !== undefined && known.endsAt > now ? known : { count: 0, endsAt: now + MINUTE_MS };
    minute.count += 1;
    this.minutes.set(caller, minute);
    return { count: minute.count, remainingMs: minute.endsAt - now };
  }
}
