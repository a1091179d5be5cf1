import { type Logger } from 'pino';
import { type Environment } from '../environment.js';
import { type RedisLink } from '../redis/redis-link.js';
import { type CacheOptions } from './cache.js';
import { type FreshnessPolicy, keptMs } from './freshness.js';
import { RedisStore } from './redis-store.js';
import { aesGcm, plainText } from './value-cipher.js';

/** How CACHE_MEMORY_BYTES is divided. Representations are the bytes that `http/` makes of the others. */
const MEMORY_SHARES = { representations: 0.5, messages: 0.4, sessions: 0.08, state: 0.02 } as const;

const now = () => Date.now();
const random = () => Math.random();

/** What all caches of this process have in common, made from the environment. */
export class CacheFactory {
  readonly policy: FreshnessPolicy;

  constructor(
    private readonly environment: Environment,
    private readonly redis: RedisLink,
    private readonly logger: Logger,
  ) {
    this.policy = {
      freshMinMs: environment.cacheFreshMinMs,
      freshMaxMs: environment.cacheFreshMaxMs,
      staleWhileRevalidateMs: environment.cacheStaleWhileRevalidateMs,
      staleIfErrorMs: environment.cacheStaleIfErrorMs,
      notFoundMs: environment.cacheNotFoundMs,
    };
  }

  /** @param longestLifetimeMs of any value of this resource */
  options(resource: 'messages' | 'sessions' | 'state', longestLifetimeMs: number): CacheOptions {
    const { cacheEncryptionKey: key, redisKeyPrefix: keyPrefix, deskDeadlineMs: deadlineMs } = this.environment;
    const store = new RedisStore(this.redis, {
      keyPrefix,
      resource,
      cipher: key === undefined ? plainText : aesGcm(key),
      versionMs: keptMs(this.policy, longestLifetimeMs),
      now,
      random,
    });
    const { policy, logger } = this;
    return { store, maxBytes: this.memoryBytes(resource), policy, deadlineMs, now, random, logger };
  }

  memoryBytes(share: keyof typeof MEMORY_SHARES): number {
    return Math.floor(this.environment.cacheMemoryBytes * MEMORY_SHARES[share]);
  }
}
