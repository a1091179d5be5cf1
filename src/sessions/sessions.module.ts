import { Module } from '@nestjs/common';
import { CacheFactory } from '../cache/cache-factory.js';
import { backgroundMaxWaitMs } from '../cache/retry-while-limited.js';
import { Desk } from '../desk/desk.js';
import { DeskModule } from '../desk/desk.module.js';
import { Environment } from '../environment.js';
import { RepresentationCache } from '../http/representation.js';
import { SessionLists } from './list/session-lists.js';
import { SessionsFiles } from './list/sessions-file.js';
import { SessionsRoute } from './list/sessions-route.js';
import { SessionStateRoute } from './state/session-state-route.js';
import { SessionStates } from './state/session-states.js';
import { SessionsController } from './sessions.controller.js';

function createStateRoute(caches: CacheFactory, desk: Desk, representations: RepresentationCache): SessionStateRoute {
  const states = new SessionStates({ ...caches.options('state', caches.policy.freshMinMs), desk });
  caches.changes.register(states);
  return new SessionStateRoute(states, representations);
}

function createLists({ cacheFreshMaxMs }: Environment, caches: CacheFactory, desk: Desk): SessionLists {
  // The default period is fresh for up to a minute.
  return new SessionLists({ ...caches.options('sessions', Math.max(cacheFreshMaxMs, 60_000)), desk });
}

function createSessionsFiles(environment: Environment, lists: SessionLists): SessionsFiles {
  return new SessionsFiles({ lists, maxWaitMs: backgroundMaxWaitMs(environment), now: () => Date.now() });
}

@Module({
  imports: [DeskModule],
  controllers: [SessionsController],
  providers: [
    { provide: SessionStateRoute, useFactory: createStateRoute, inject: [CacheFactory, Desk, RepresentationCache] },
    {
      provide: SessionsRoute,
      useFactory: (lists: SessionLists, representations: RepresentationCache) =>
        new SessionsRoute(lists, representations),
      inject: [SessionLists, RepresentationCache],
    },
    { provide: SessionLists, useFactory: createLists, inject: [Environment, CacheFactory, Desk] },
    { provide: SessionsFiles, useFactory: createSessionsFiles, inject: [Environment, SessionLists] },
  ],
  exports: [SessionStateRoute, SessionsRoute],
})
export class SessionsModule {}
