import { Module } from '@nestjs/common';
import { CacheFactory } from '../cache/cache-factory.js';
import { Desk } from '../desk/desk.js';
import { DeskModule } from '../desk/desk.module.js';
import { Environment } from '../environment.js';
import { RepresentationCache } from '../http/representation-cache.js';
import { SessionLists } from './list/session-lists.js';
import { SessionsRoute } from './list/sessions-route.js';
import { SessionStateRoute } from './state/session-state-route.js';
import { SessionStates } from './state/session-states.js';
import { SessionsController } from './sessions.controller.js';

function createStateRoute(caches: CacheFactory, desk: Desk, representations: RepresentationCache): SessionStateRoute {
  const states = new SessionStates({ ...caches.options('state', caches.policy.freshMinMs), desk });
  return new SessionStateRoute(states, representations);
}

function createSessionsRoute(
  { cacheFreshMaxMs }: Environment,
  caches: CacheFactory,
  desk: Desk,
  representations: RepresentationCache,
): SessionsRoute {
  // The default period is fresh for up to a minute.
  const lists = new SessionLists({ ...caches.options('sessions', Math.max(cacheFreshMaxMs, 60_000)), desk });
  return new SessionsRoute(lists, representations);
}

@Module({
  imports: [DeskModule],
  controllers: [SessionsController],
  providers: [
    { provide: SessionStateRoute, useFactory: createStateRoute, inject: [CacheFactory, Desk, RepresentationCache] },
    {
      provide: SessionsRoute,
      useFactory: createSessionsRoute,
      inject: [Environment, CacheFactory, Desk, RepresentationCache],
    },
  ],
  exports: [SessionStateRoute, SessionsRoute],
})
export class SessionsModule {}
