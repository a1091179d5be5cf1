import { Module } from '@nestjs/common';
import { Environment } from '../environment.js';
import { TranscriptModule } from '../transcript/transcript.module.js';
import { MessagesController } from './messages.controller.js';
import { PageCache } from './page-cache.js';

@Module({
  imports: [TranscriptModule],
  controllers: [MessagesController],
  providers: [
    {
      provide: PageCache,
      useFactory: ({ cacheMemoryBytes }: Environment) => new PageCache(Math.floor(cacheMemoryBytes / 2)),
      inject: [Environment],
    },
  ],
})
export class MessagesModule {}
