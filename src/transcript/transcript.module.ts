import { Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { Desk } from '../desk/desk.js';
import { DeskModule } from '../desk/desk.module.js';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { RedisLink } from '../redis/redis-link.js';
import { encryptingSeal, plainSeal } from '../store/seal.js';
import { TranscriptStore } from '../store/transcript-store.js';
import { Flights } from './flight.js';
import { type FreshnessPolicy } from './freshness.js';
import { Inquiry } from './inquiry.js';
import { Sessions } from './session.js';
import { Transcripts } from './transcripts.js';

const now = () => Date.now();

function policyOf(environment: Environment): FreshnessPolicy {
  return {
    freshMinMs: environment.cacheFreshMinMs,
    freshMaxMs: environment.cacheFreshMaxMs,
    staleWhileRevalidateMs: environment.cacheStaleWhileRevalidateMs,
    staleIfErrorMs: environment.cacheStaleIfErrorMs,
    sealedMs: environment.cacheSealedMs,
    sealAfterMs: environment.cacheSealAfterMs,
  };
}

function createTranscripts(
  environment: Environment,
  desk: Desk,
  redis: RedisLink,
  metrics: Metrics,
  logger: Logger,
): Transcripts {
  const policy = policyOf(environment);
  const { cacheEncryptionKey: key, redisKeyPrefix: keyPrefix, cacheNotFoundMs: notFoundMs } = environment;
  const seal = key === undefined ? plainSeal : encryptingSeal(key);
  const store = new TranscriptStore(redis, { keyPrefix, seal, policy, now, random: Math.random });
  const onContradiction = (sessionId: string) => {
    metrics.contradictions.inc();
    logger.warn({ sessionId }, "the desk's answers about a session contradict each other");
  };
  return new Transcripts({
    // Half for messages, half for the pages made of them.
    sessions: new Sessions(Math.floor(environment.cacheMemoryBytes / 2)),
    store,
    flights: new Flights(store, now, Math.random),
    inquiry: new Inquiry({ desk, policy, notFoundMs, now, onContradiction }),
    policy,
    deadlineMs: environment.deskDeadlineMs,
    now,
    logger,
  });
}

/** A session's messages as a log: windows, blocks, freshness, one flight at a time. */
@Module({
  imports: [DeskModule],
  providers: [
    { provide: Transcripts, useFactory: createTranscripts, inject: [Environment, Desk, RedisLink, Metrics, LOGGER] },
  ],
  exports: [Transcripts],
})
export class TranscriptModule {}
