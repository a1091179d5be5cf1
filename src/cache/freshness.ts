import { type Clock } from '../clock.js';

/** How long answers may be used, in milliseconds (docs/configuration.md). */
export interface FreshnessPolicy {
  readonly freshMinMs: number;
  readonly freshMaxMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly notFoundMs: number;
  /** While changes are reported (WEBHOOK_FRESH_MS); 0 if none are. */
  readonly reportedFreshMs: number;
}

/**
 * `fresh`: served as it is · `revalidate`: served while one refresh runs · `if-error`: served only if the desk fails.
 */
export type Phase = 'fresh' | 'revalidate' | 'if-error' | 'expired';

/** Anything with a time of fetching and a freshness lifetime. */
export interface Dated {
  readonly askedAt: number;
  readonly lifetimeMs: number;
  /** undefined if no change was known. */
  readonly basis?: Basis | undefined;
}

/** The changes known before the fetch. */
export interface Basis {
  /** The number of the newest change; what was fetched under an older one is not fresh. */
  readonly change: number;
  /** Fetched so soon after that change that the desk's records may not include it yet. */
  readonly mayLag: boolean;
}

/** For parts that no reported change affects (sealed blocks). */
export const UNCHANGING: Basis = { change: Number.MAX_SAFE_INTEGER, mayLag: true };

/** With the time at which this process received it. */
export interface Arrived extends Dated {
  readonly arrivedAt: number;
}

/**
 * Heuristic freshness (RFC 9111 §4.2.2): a tenth of the time since the last change, within bounds. An empty session has
 * no last change and may get its first message at any moment, so it gets the minimum.
 */
export function heuristicLifetime(policy: FreshnessPolicy, askedAt: number, changedAt: number | undefined): number {
  const quietFor = changedAt === undefined ? 0 : Math.max(0, askedAt - changedAt);
  return Math.min(policy.freshMaxMs, Math.max(policy.freshMinMs, Math.floor(quietFor / 10)));
}

/** Never negative: the clocks of replicas differ. */
function ageOf(dated: Dated, now: number): number {
  return Math.max(0, now - dated.askedAt);
}

/** Remaining freshness in milliseconds; negative once stale. */
function remainingMs(dated: Dated, now: number): number {
  return dated.lifetimeMs - ageOf(dated, now);
}

/** Each phase counts from the end of the previous one. */
export function phaseOf(policy: FreshnessPolicy, remaining: number): Phase {
  if (remaining > 0) return 'fresh';
  if (-remaining < policy.staleWhileRevalidateMs) return 'revalidate';
  if (-remaining < policy.staleWhileRevalidateMs + policy.staleIfErrorMs) return 'if-error';
  return 'expired';
}

/** How long an answer is kept, its stale phases included. */
export function keptMs(policy: FreshnessPolicy, lifetimeMs: number): number {
  return Math.max(lifetimeMs, policy.reportedFreshMs) + policy.staleWhileRevalidateMs + policy.staleIfErrorMs;
}

/** Age of the content of a view, and how long it may be used (`View`). */
interface Times {
  readonly lifetimeMs: number;
  readonly ageMs: number;
  readonly remainingMs: number;
}

/** What freshness is measured against: the time, and the changes known by then. */
export class Moment {
  constructor(
    readonly now: number,
    private readonly change: number,
    /** Changes are reported at present: what was not reported has not changed. */
    private readonly isReporting: boolean,
    private readonly policy: FreshnessPolicy,
  ) {}

  /**
   * Remaining freshness in milliseconds. After a reported change there is none, and the answer is served only if the
   * desk fails.
   */
  remainingMs(part: Arrived): number {
    const { staleWhileRevalidateMs, reportedFreshMs } = this.policy;
    const ordinaryMs = remainingMs(part, this.now);
    if ((part.basis?.change ?? 0) < this.change) return Math.min(ordinaryMs, -staleWhileRevalidateMs);
    const moreMs = this.isReporting && part.basis?.mayLag === false ? reportedFreshMs - part.lifetimeMs : 0;
    return ordinaryMs + Math.max(0, moreMs);
  }

  /**
   * Freshness of a view made of several parts: that of the stalest. `lifetimeMs` is what clients are told, so reported
   * changes do not count there.
   */
  timesOf(lifetimeMs: number, parts: readonly Arrived[]): Times {
    let [ordinaryMs, leftMs] = [Infinity, Infinity];
    for (const part of parts) {
      ordinaryMs = Math.min(ordinaryMs, remainingMs(part, this.now));
      leftMs = Math.min(leftMs, this.remainingMs(part));
    }
    return { lifetimeMs, ageMs: lifetimeMs - ordinaryMs, remainingMs: leftMs };
  }
}

interface MomentsParts {
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly isReporting: () => boolean;
}

/** Makes the `Moment` of an entry. */
export class Moments {
  constructor(private readonly parts: MomentsParts) {}

  of({ change }: { readonly change: number }): Moment {
    const { now, isReporting, policy } = this.parts;
    return new Moment(now(), change, isReporting(), policy);
  }
}
