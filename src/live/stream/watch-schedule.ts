import { type Clock } from '../../clock.js';

/** The shortest time between two calls for one session, however short lifetimes are. */
const SHORTEST_MS = 250;
/** The same after a notice. */
const SHORTEST_AFTER_NOTICE_MS = 1000;
/** The longest time between two polls of a watched head while no changes are reported, however long it is fresh. */
const LONGEST_MS = 10_000;
/** Records may lag behind their notice: the polls after one that found nothing new. */
const LOOKS_AFTER_NOTICE_MS = [0, 1000, 2000, 5000] as const;
const NOTICED_MS = Math.max(...LOOKS_AFTER_NOTICE_MS);
/** A watch asks for many clients, so it waits a little longer after a failure than one client would. */
const SHORTEST_PAUSE_MS = 1000;

/** The result of a poll. */
export interface Look {
  readonly ageMs: number;
  /** Remaining freshness; negative if it is not fresh. */
  readonly remainingMs: number;
  readonly isNew: boolean;
}

/** When a watched session is polled. */
export class WatchSchedule {
  private askedAt = -Infinity;
  private lookedAt = -Infinity;
  private staleAt = -Infinity;
  private pausedUntil = -Infinity;
  private noticedAt = -Infinity;
  /** Times at which something may be new. */
  private looks: readonly number[] = [];

  constructor(
    private readonly now: Clock,
    /** Whether changes are reported at present. */
    private readonly isTold: () => boolean,
  ) {}

  get nextAt(): number {
    const dueAt = Math.min(this.staleAt, this.oldAt, ...this.looks);
    const shortestMs = this.now() - this.noticedAt <= NOTICED_MS ? SHORTEST_AFTER_NOTICE_MS : SHORTEST_MS;
    return Math.max(dueAt, this.lookedAt + shortestMs, this.pausedUntil);
  }

  /** The poll that is due ignores anything fetched before this moment. */
  get freshSince(): number {
    const now = this.now();
    const wanted = this.looks.filter((at) => at <= now).at(-1) ?? -Infinity;
    return this.isTold() ? wanted : Math.max(wanted, now - LONGEST_MS);
  }

  /** Whether a view fetched at this moment is new enough for a poll. */
  isSatisfied(freshSince: number): boolean {
    return this.staleAt > this.now() && this.askedAt >= freshSince;
  }

  /** A notice of a change arrived. */
  noticed(): void {
    const now = this.now();
    this.noticedAt = now;
    this.looks = LOOKS_AFTER_NOTICE_MS.map((ms) => now + ms);
  }

  /** A call is in flight. */
  looking(): void {
    this.lookedAt = this.now();
    this.looks = this.looks.filter((at) => at > this.lookedAt);
  }

  learned({ ageMs, remainingMs, isNew }: Look): void {
    const now = this.now();
    this.askedAt = now - ageMs;
    this.lookedAt = Math.max(this.lookedAt, this.askedAt);
    this.staleAt = now + remainingMs;
    if (isNew) this.looks = [];
  }

  succeeded(): void {
    this.pausedUntil = -Infinity;
  }

  /** The desk was not available; it may be asked again after this long. */
  failed(retryAfterMs: number): void {
    this.pausedUntil = this.now() + Math.max(SHORTEST_PAUSE_MS, retryAfterMs);
  }

  private get oldAt(): number {
    return this.isTold() ? Infinity : this.askedAt + LONGEST_MS;
  }
}
