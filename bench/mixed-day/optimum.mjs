import { heuristicLifetime } from '../../build/cache/freshness.js';
import { totalAt } from './sessions.mjs';
import { POLICY } from './url-cache.mjs';

/**
 * The fewest calls that the rule of freshness allows: one at the first request after each expiry. It makes all of its
 * session fresh, however long that is; a real call gives 100 messages.
 */
export function replayOptimum({ sessions, requests }, desk, clock) {
  const freshUntil = new Map();
  for (const { at, sessionId, window } of requests) {
    clock.now = at;
    if (at < (freshUntil.get(sessionId) ?? -Infinity)) continue;
    desk.ask({ sessionId, ...window });
    const session = sessions.get(sessionId);
    const newestAt = session.times[totalAt(session, at) - 1];
    freshUntil.set(sessionId, at + heuristicLifetime(POLICY, at, newestAt));
  }
}
