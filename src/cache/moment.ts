import { type Clock } from '../clock.js';
import { type Arrived, type FreshnessPolicy, remainingMs } from './freshness.js';

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

export interface MomentsParts {
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly isTold: () => boolean;
}

/** The present, for one entry after the other. */
export class Moments {
  constructor(private readonly parts: MomentsParts) {}

  of({ change }: { readonly change: number }): Moment {
    const { now, isTold, policy } = this.parts;
    return new Moment(now(), change, isTold(), policy);
  }
}
