/** The contract's times, in milliseconds. */
export interface FreshnessPolicy {
  readonly freshMinMs: number;
  readonly freshMaxMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly sealedMs: number;
  readonly sealAfterMs: number;
}

/** `fresh`: served as it is · `revalidate`: served while one refresh runs · `if-error`: served only where the desk fails. */
export type Phase = 'fresh' | 'revalidate' | 'if-error' | 'expired';

/** Anything that was asked of the desk at some moment and is fresh for some time after it. */
export interface Dated {
  readonly askedAt: number;
  readonly lifetimeMs: number;
}

/**
 * Heuristic freshness (RFC 9111 §4.2.2): a tenth of the time since the session's last message, within bounds. A session
 * without messages may get its first at any moment, so it gets the minimum.
 */
export function freshnessLifetime(policy: FreshnessPolicy, askedAt: number, newestAt: number | undefined): number {
  const quietFor = newestAt === undefined ? 0 : Math.max(0, askedAt - newestAt);
  return Math.min(policy.freshMaxMs, Math.max(policy.freshMinMs, Math.floor(quietFor / 10)));
}

/** A full block whose newest message had been quiet for long enough when the desk gave it. */
export function isQuiet(policy: FreshnessPolicy, askedAt: number, newestAt: number | undefined): boolean {
  return newestAt !== undefined && askedAt - newestAt >= policy.sealAfterMs;
}

/** Never negative: the clocks of replicas differ. */
export function ageOf(dated: Dated, now: number): number {
  return Math.max(0, now - dated.askedAt);
}

/** Milliseconds of freshness that are left; negative once stale. */
export function restOf(dated: Dated, now: number): number {
  return dated.lifetimeMs - ageOf(dated, now);
}

/** Each phase counts from the end of the one before. */
export function phaseOf(policy: FreshnessPolicy, restMs: number): Phase {
  if (restMs > 0) return 'fresh';
  if (-restMs < policy.staleWhileRevalidateMs) return 'revalidate';
  if (-restMs < policy.staleWhileRevalidateMs + policy.staleIfErrorMs) return 'if-error';
  return 'expired';
}
