import { RateLimiterRedis } from 'rate-limiter-flexible';
import { type RedisClient, type RedisLink } from '../redis/redis-link.js';
import { RedisScript } from '../redis/redis-script.js';
import { type LimitOutcome, outcomeOf } from './limit-outcome.js';

/**
 * The library's own script fails for ever on a key of another type or with another's text in it. This one starts such a
 * key anew, and lets none live for longer than its minute.
 */
const COUNT = new RedisScript(`
local count = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(count) ~= 'number' or count < tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  count = redis.call('INCRBY', KEYS[1], ARGV[1])
end
local window = ARGV[2] * 1000
local rest = redis.call('PTTL', KEYS[1])
if rest < 0 or rest > window then
  redis.call('PEXPIRE', KEYS[1], window)
  rest = window
end
return {count, rest}`);

interface Gathering {
  size: number;
  readonly outcome: Promise<LimitOutcome>;
}

/** Counts a caller's requests in Redis: what arrives in one turn of the event loop goes there as one command. */
export class SharedCount {
  private readonly limiter: RateLimiterRedis;
  private readonly gatherings = new Map<string, Gathering>();

  constructor(
    private readonly redis: RedisLink,
    client: RedisClient,
    keyPrefix: string,
    private readonly points: number,
  ) {
    this.limiter = new RateLimiterRedis({
      storeClient: commandsOf(client),
      keyPrefix: `${keyPrefix}:limit`,
      points,
      duration: 60,
      rejectIfRedisNotReady: true,
      // Who is over the limit is refused here until the minute is over: no command, no look-up.
      inMemoryBlockOnConsumed: points,
    });
  }

  /** 0 where the request may pass, else the milliseconds until one may. Rejects where Redis is no help. */
  async take(caller: string): Promise<number> {
    const gathering = this.gatherings.get(caller) ?? this.gather(caller);
    gathering.size += 1;
    const place = gathering.size;
    const { isRefused, consumed, restMs } = await gathering.outcome;
    if (!isRefused) return 0;
    const isWithin = consumed > 0 && consumed - gathering.size + place <= this.points;
    return isWithin ? 0 : restMs;
  }

  private gather(caller: string): Gathering {
    const turn = new Promise((resolve) => setImmediate(resolve));
    const outcome = turn.then(() => {
      this.gatherings.delete(caller);
      return this.redis.run(() => outcomeOf(this.limiter.consume(caller, gathering.size)));
    });
    const gathering: Gathering = { size: 0, outcome };
    this.gatherings.set(caller, gathering);
    return gathering;
  }
}

/**
 * What the library needs of a client. Not the client itself: the library gives its command one name on it, so that the
 * script of a second limiter (the desk's quota has one) would replace that of the first.
 */
function commandsOf(client: RedisClient) {
  return {
    get status() {
      return client.status;
    },
    rlflxIncr: ([key = '', points = '', seconds = '']: readonly string[]) =>
      COUNT.run(client, [key], [points, seconds]),
  };
}
