import { Module } from '@nestjs/common';
import { backgroundMaxWaitMs } from '../cache/retry-while-limited.js';
import { Environment } from '../environment.js';
import { RepresentationCache } from '../http/representation.js';
import { TranscriptModule } from '../transcript/transcript.module.js';
import { Transcripts } from '../transcript/transcripts.js';
import { MessagesFiles } from './messages-file.js';
import { MessagesController } from './messages.controller.js';
import { MessagesRoute } from './messages-route.js';

@Module({
  imports: [TranscriptModule],
  controllers: [MessagesController],
  providers: [
    {
      provide: MessagesRoute,
      useFactory: (transcripts: Transcripts, representations: RepresentationCache) =>
        new MessagesRoute(transcripts, representations),
      inject: [Transcripts, RepresentationCache],
    },
    {
      provide: MessagesFiles,
      useFactory: (transcripts: Transcripts, environment: Environment) =>
        new MessagesFiles(transcripts, backgroundMaxWaitMs(environment)),
      inject: [Transcripts, Environment],
    },
  ],
  exports: [MessagesRoute],
})
export class MessagesModule {}
