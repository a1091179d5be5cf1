import { Module } from '@nestjs/common';
import { RepresentationCache } from '../http/representation-cache.js';
import { TranscriptModule } from '../transcript/transcript.module.js';
import { Transcripts } from '../transcript/transcripts.js';
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
  ],
  exports: [MessagesRoute],
})
export class MessagesModule {}
