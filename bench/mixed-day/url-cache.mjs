import { heuristicLifetime, phaseOf } from '../../build/cache/freshness.js';

/** The service's defaults. */
export const POLICY = {
  freshMinMs: 2000,
  freshMaxMs: 60_000,
  staleWhileRevalidateMs: 10_000,
  staleIfErrorMs: 300_000,
  sealedMs: 3_600_000,
  sealAfterMs: 600_000,
};

/** The freshness lifetime, computed from this page alone. */
export function pageLifetime({ messages, askedAt }) {
  const newestAt = messages.reduce((newest, { timestamp }) => Math.max(newest, timestamp), 0);
  return heuristicLifetime(POLICY, askedAt, newestAt === 0 ? undefined : newestAt);
}

/**
 * A cache per URL with the service's freshness rule: fresh, then stale while it is fetched again, then dropped. Its
 * memory is unlimited, and concurrent requests share one call.
 */
export function replayUrlCache({ requests }, desk, clock) {
  const pages = new Map();
  for (const { at, sessionId, window } of requests) {
    clock.now = at;
    const url = `${sessionId}?${window.limit}&${window.offset}&${window.order}`;
    const held = pages.get(url);
    const restMs = held === undefined ? -Infinity : held.lifetimeMs - (at - held.askedAt);
    if (phaseOf(POLICY, restMs) === 'fresh') continue;
    const page = desk.ask({ sessionId, ...window });
    pages.set(url, { askedAt: at, lifetimeMs: pageLifetime(page) });
  }
}
