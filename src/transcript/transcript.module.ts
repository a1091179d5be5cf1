import { Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { CacheFactory } from '../cache/cache-factory.js';
import { Desk } from '../desk/desk.js';
import { DeskModule } from '../desk/desk.module.js';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { Transcripts } from './transcripts.js';

function createTranscripts(
  { cacheSealedMs: sealedMs, cacheSealAfterMs: sealAfterMs, cacheFreshMaxMs }: Environment,
  caches: CacheFactory,
  desk: Desk,
  metrics: Metrics,
  logger: Logger,
): Transcripts {
  const transcripts = new Transcripts({
    ...caches.options('messages', Math.max(sealedMs, cacheFreshMaxMs)),
    policy: { ...caches.policy, sealedMs, sealAfterMs },
    desk,
    onContradiction: (sessionId) => {
      metrics.contradictions.inc();
      logger.warn({ sessionId }, "the desk's answers about a session contradict each other");
    },
  });
  caches.changes.register(transcripts);
  return transcripts;
}

/** A session's messages as a log: windows, blocks, and how they are stored. */
@Module({
  imports: [DeskModule],
  providers: [
    { provide: Transcripts, useFactory: createTranscripts, inject: [Environment, CacheFactory, Desk, Metrics, LOGGER] },
  ],
  exports: [Transcripts],
})
export class TranscriptModule {}
