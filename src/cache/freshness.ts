import { type Clock } from '../clock.js';

/** How long answers are used, in milliseconds (contract, "Environment"). */
export interface FreshnessPolicy {
  readonly freshMinMs: number;
  readonly freshMaxMs: number;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly notFoundMs: number;
  /** While changes are told of (WEBHOOK_FRESH_MS); 0 where nobody tells of any. */
  readonly toldFreshMs: number;
}

/** `fresh`: served as it is · `revalidate`: served while one refresh runs · `if-error`: served only where the desk fails. */
export type Phase = 'fresh' | 'revalidate' | 'if-error' | 'expired';

/** Anything that was asked of the desk at some moment and is fresh for some time after it. */
export interface Dated {
  readonly askedAt: number;
  readonly lifetimeMs: number;
  /** undefined where no change was known of. */
  readonly basis?: Basis | undefined;
}

/** What was known of changes before the desk was asked. */
export interface Basis {
  /** The number of the newest change; what is asked for under an older one is not fresh. */
  readonly change: number;
  /** Asked so soon after that change that the desk's records may not have it yet. */
  readonly mayLag: boolean;
}

/** For parts that no reported change concerns (sealed blocks). */
export const UNCHANGING: Basis = { change: Number.MAX_SAFE_INTEGER, mayLag: true };

/** The same, and when this process received it. */
export interface Arrived extends Dated {
  readonly arrivedAt: number;
}

/**
 * Heuristic freshness (RFC 9111 §4.2.2): a tenth of the time since the last change, within bounds. What has no last
 * change yet may get its first at any moment, so it gets the minimum.
 */
export function heuristicLifetime(policy: FreshnessPolicy, askedAt: number, changedAt: number | undefined): number {
  const quietFor = changedAt === undefined ? 0 : Math.max(0, askedAt - changedAt);
  return Math.min(policy.freshMaxMs, Math.max(policy.freshMinMs, Math.floor(quietFor / 10)));
}

/** Never negative: the clocks of replicas differ. */
export function ageOf(dated: Dated, now: number): number {
  return Math.max(0, now - dated.askedAt);
}

/** Milliseconds of freshness that are left; negative once stale. */
function remainingMs(dated: Dated, now: number): number {
  return dated.lifetimeMs - ageOf(dated, now);
}

/** Each phase counts from the end of the one before. */
export function phaseOf(policy: FreshnessPolicy, remaining: number): Phase {
  if (remaining > 0) return 'fresh';
  if (-remaining < policy.staleWhileRevalidateMs) return 'revalidate';
  if (-remaining < policy.staleWhileRevalidateMs + policy.staleIfErrorMs) return 'if-error';
  return 'expired';
}

/** How long an answer is kept, its stale phases included. */
export function keptMs(policy: FreshnessPolicy, lifetimeMs: number): number {
  return Math.max(lifetimeMs, policy.toldFreshMs) + policy.staleWhileRevalidateMs + policy.staleIfErrorMs;
}

/** How old what a view shows is, and how long it may be used (`View`). */
interface Times {
  readonly lifetimeMs: number;
  readonly ageMs: number;
  readonly remainingMs: number;
}

/** What freshness is measured against: the time, and what is known of changes by then. */
export class Moment {
  constructor(
    readonly now: number,
    private readonly change: number,
    /** Changes are told of at present: what was not told of did not change. */
    private readonly isTold: boolean,
    private readonly policy: FreshnessPolicy,
  ) {}

  /** Milliseconds of freshness that are left. Of what has changed since: none, and it is served only where the desk fails. */
  remainingMs(part: Arrived): number {
    const { staleWhileRevalidateMs, toldFreshMs } = this.policy;
    const ordinaryMs = remainingMs(part, this.now);
    if ((part.basis?.change ?? 0) < this.change) return Math.min(ordinaryMs, -staleWhileRevalidateMs);
    const moreMs = this.isTold && part.basis?.mayLag === false ? toldFreshMs - part.lifetimeMs : 0;
    return ordinaryMs + Math.max(0, moreMs);
  }

  /** Of what is made of several parts: as fresh as the stalest. `lifetimeMs` is what others are told, so no change counts there. */
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
  readonly isTold: () => boolean;
}

/** Makes the `Moment` of an entry. */
export class Moments {
  constructor(private readonly parts: MomentsParts) {}

  of({ change }: { readonly change: number }): Moment {
    const { now, isTold, policy } = this.parts;
    return new Moment(now(), change, isTold(), policy);
  }
}
