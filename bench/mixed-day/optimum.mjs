import { heuristicLifetime } from '../../build/cache/freshness.js';
import { totalAt } from './sessions.mjs';
import { POLICY } from './url-cache.mjs';

/** The service's defaults with webhooks: WEBHOOK_FRESH_MS, and how long records may lag (src/cache/load.ts). */
const WEBHOOK_RULES = { freshMs: 30_000, lagMs: 5000 };

/**
 * The fewest calls that the freshness rule allows: one at the first request after each expiry. It refreshes the whole
 * session, however long that is; a real call gives 100 messages.
 */
export function replayOptimum({ sessions, requests }, desk, clock) {
  const freshUntil = new Map();
  for (const { at, sessionId, window } of requests) {
    clock.now = at;
    if (at < (freshUntil.get(sessionId) ?? -Infinity)) continue;
    desk.ask({ sessionId, ...window });
    freshUntil.set(sessionId, at + ordinaryLifetime(sessions.get(sessionId), at));
  }
}

/**
 * The same with webhooks: each ends its session's freshness, and an answer fetched less than `lagMs` after it has
 * ordinary freshness only.
 */
export function replayWebhookOptimum(
  { sessions, requests },
  webhooks,
  desk,
  clock,
  { freshMs, lagMs } = WEBHOOK_RULES,
) {
  const [freshUntil, changedAt] = [new Map(), new Map()];
  let next = 0;
  for (const { at, sessionId, window } of requests) {
    clock.now = at;
    for (; next < webhooks.length && webhooks[next].at <= at; next++) {
      changedAt.set(webhooks[next].sessionId, webhooks[next].at);
      freshUntil.delete(webhooks[next].sessionId);
    }
    if (at < (freshUntil.get(sessionId) ?? -Infinity)) continue;
    desk.ask({ sessionId, ...window });
    const ordinary = ordinaryLifetime(sessions.get(sessionId), at);
    const mayLag = at - (changedAt.get(sessionId) ?? -Infinity) < lagMs;
    freshUntil.set(sessionId, at + (mayLag ? ordinary : Math.max(ordinary, freshMs)));
  }
}

function ordinaryLifetime(session, at) {
  return heuristicLifetime(POLICY, at, session.times[totalAt(session, at) - 1]);
}
