import { Inject, Module, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { CacheFactory } from '../cache/cache-factory.js';
import { backgroundMaxWaitMs } from '../cache/retry-while-limited.js';
import { Environment } from '../environment.js';
import { RequestObserver } from '../http/request-observer.js';
import { ResponseHeaders } from '../http/response-headers.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { TranscriptModule } from '../transcript/transcript.module.js';
import { Transcripts } from '../transcript/transcripts.js';
import { OpenStreams } from './stream/open-streams.js';
import { StreamController } from './stream/stream.controller.js';
import { Streams } from './stream/streams.js';
import { Watches } from './stream/watches.js';

const now = () => Date.now();
const random = () => Math.random();

function createOpenStreams({ streamMax: max, streamMaxPerCaller }: Environment, metrics: Metrics): OpenStreams {
  metrics.streamsMax.set(max);
  return new OpenStreams({ max, maxPerCaller: streamMaxPerCaller }, (count) => {
    metrics.streamsOpen.set(count);
  });
}

function createWatches(transcripts: Transcripts, { changes }: CacheFactory, metrics: Metrics, logger: Logger): Watches {
  const onCountChange = (count: number) => {
    metrics.sessionsWatched.set(count);
  };
  const isReporting = () => changes.isReporting;
  return new Watches({ transcripts, isReporting, now, random, logger, onCountChange });
}

function createStreams(
  environment: Environment,
  transcripts: Transcripts,
  watches: Watches,
  open: OpenStreams,
  headers: ResponseHeaders,
  observer: RequestObserver,
  metrics: Metrics,
  logger: Logger,
): Streams {
  const { streamHeartbeatMs: heartbeatMs } = environment;
  const maxWaitMs = backgroundMaxWaitMs(environment);
  return new Streams({
    transcripts,
    watches,
    open,
    headers,
    observer,
    metrics,
    logger,
    heartbeatMs,
    maxWaitMs,
    now,
    random,
  });
}

/** Streams of the messages of sessions. */
@Module({
  imports: [TranscriptModule],
  controllers: [StreamController],
  providers: [
    { provide: OpenStreams, useFactory: createOpenStreams, inject: [Environment, Metrics] },
    { provide: Watches, useFactory: createWatches, inject: [Transcripts, CacheFactory, Metrics, LOGGER] },
    {
      provide: Streams,
      useFactory: createStreams,
      inject: [Environment, Transcripts, Watches, OpenStreams, ResponseHeaders, RequestObserver, Metrics, LOGGER],
    },
  ],
})
export class StreamModule implements OnModuleDestroy {
  constructor(
    @Inject(OpenStreams) private readonly open: OpenStreams,
    @Inject(Watches) private readonly watches: Watches,
  ) {}

  /** Before the server closes, which waits for open streams. */
  onModuleDestroy(): void {
    this.open.close('stopped');
    this.watches.close();
  }
}
