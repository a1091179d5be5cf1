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

/**
 * A key of another type, with a text, or with a number out of range is started anew: INCRBY would fail on it for ever.
 * KEYS counter; ARGV requests, milliseconds of a minute.
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
return {count, rest}`,
  'count',
);

interface Batch {
  size: number;
  readonly reply: Promise<unknown>;
}

/** Counts in Redis, for all replicas: a caller's requests of one turn of the event loop are one command. */
export class SharedMinuteCounts {
  private readonly batches = new Map<string, Batch>();

  constructor(
    private readonly redis: RedisLink,
    private readonly keyPrefix: string,
  ) {}

  /** undefined where Redis is of no help. */
  async add(caller: string): Promise<MinuteCount | undefined> {
    const batch = this.batches.get(caller) ?? this.open(caller);
    batch.size += 1;
    const place = batch.size;
    const reply = await batch.reply;
    if (!Array.isArray(reply)) return undefined;
    const values: readonly unknown[] = reply;
    const [count, remainingMs] = values;
    return { count: Number(count) - batch.size + place, remainingMs: Number(remainingMs) };
  }

  private open(caller: string): Batch {
    const key = `${this.keyPrefix}:limit:${caller}`;
    const turn = new Promise((resolve) => setImmediate(resolve));
    const reply = turn.then(() => {
      this.batches.delete(caller);
      return this.redis.tryRun((client) => COUNT.run(client, [key], [batch.size, MINUTE_MS]));
    });
    const batch: Batch = { size: 0, reply };
    this.batches.set(caller, batch);
    return batch;
  }
}

/** More callers than this in a minute, and those who asked least lately are counted anew. */
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
