import { type Logger } from 'pino';
import { type BackgroundTurns } from '../desk/admission/background-turns.js';
import { type Environment, hasWebhook } from '../environment.js';
import { type RedisLink } from '../redis/redis-link.js';
import { type CacheOptions } from './cache.js';
import { ChangeFeed } from './change-feed.js';
import { type FreshnessPolicy, keptMs } from './freshness.js';
import { RedisStore } from './redis-store.js';
import { aesGcm, plainText, type ValueCipher } from './stored-value.js';

/** How CACHE_MEMORY_BYTES is divided. Representations are the response bodies that `http/` makes of the others. */
const MEMORY_SHARES = { representations: 0.5, messages: 0.4, sessions: 0.08, state: 0.02 } as const;

/** Fetches take a while, and the clocks of replicas may differ. */
const CHANGE_MARGIN_MS = 120_000;

const now = () => Date.now();
const random = () => Math.random();

/** What all caches of this process share, made from the environment. */
export class CacheFactory {
  readonly policy: FreshnessPolicy;
  readonly changes: ChangeFeed;
  readonly cipher: ValueCipher;
  private readonly changeMs: number;

  constructor(
    private readonly environment: Environment,
    private readonly redis: RedisLink,
    private readonly logger: Logger,
    private readonly turns: BackgroundTurns,
  ) {
    this.policy = {
      freshMinMs: environment.cacheFreshMinMs,
      freshMaxMs: environment.cacheFreshMaxMs,
      staleWhileRevalidateMs: environment.cacheStaleWhileRevalidateMs,
      staleIfErrorMs: environment.cacheStaleIfErrorMs,
      notFoundMs: environment.cacheNotFoundMs,
      reportedFreshMs: hasWebhook(environment) ? environment.webhookFreshMs : 0,
    };
    const { cacheEncryptionKey: key, redisKeyPrefix: keyPrefix } = environment;
    this.cipher = key === undefined ? plainText : aesGcm(key);
    this.changeMs = Math.max(environment.cacheFreshMaxMs, environment.webhookFreshMs) + CHANGE_MARGIN_MS;
    const { cipher, changeMs } = this;
    const isUsed = hasWebhook(environment);
    this.changes = new ChangeFeed({ redis, keyPrefix, cipher, changeMs, isUsed, now });
  }

  /** @param longestLifetimeMs the longest lifetime of any value of this resource */
  options(resource: 'messages' | 'sessions' | 'state', longestLifetimeMs: number): CacheOptions {
    const { redisKeyPrefix: keyPrefix, deskDeadlineMs: deadlineMs } = this.environment;
    const store = new RedisStore(this.redis, {
      keyPrefix,
      resource,
      cipher: this.cipher,
      versionMs: keptMs(this.policy, longestLifetimeMs),
      changeMs: this.changeMs,
      now,
      random,
    });
    const { policy, logger, turns } = this;
    // Webhooks report changes of sessions, not of lists.
    const isReporting = () => resource !== 'sessions' && this.changes.isReporting;
    return { store, maxBytes: this.memoryBytes(resource), policy, isReporting, deadlineMs, turns, now, random, logger };
  }

  memoryBytes(share: keyof typeof MEMORY_SHARES): number {
    return Math.floor(this.environment.cacheMemoryBytes * MEMORY_SHARES[share]);
  }
}
