import { type Clock } from '../../clock.js';

/** The shortest time between two calls for one session, however short lifetimes are. */
const SHORTEST_MS = 250;
/** The same between two calls after a change; the first one is made at once. */
const SHORTEST_AFTER_CHANGE_MS = 1000;
/** The longest time between two polls of a watched head while no changes are reported, however long it is fresh. */
const LONGEST_MS = 10_000;
/** Records may lag behind their webhook: the polls after a change, until one finds something new. */
const POLLS_AFTER_CHANGE_MS = [0, 1000, 2000, 5000] as const;
const AFTER_CHANGE_MS = Math.max(...POLLS_AFTER_CHANGE_MS);
/** A watch asks for many clients, so it waits a little longer after a failure than one client would. */
const SHORTEST_PAUSE_MS = 1000;

/** The result of a poll. */
export interface PollResult {
  readonly ageMs: number;
  /** Remaining freshness; negative if it is not fresh. */
  readonly remainingMs: number;
  readonly isNew: boolean;
}

/** When a watched session is polled. */
export class WatchSchedule {
  private askedAt = -Infinity;
  private polledAt = -Infinity;
  private staleAt = -Infinity;
  private pausedUntil = -Infinity;
  /** When a change was last reported or had to be confirmed. */
  private changedAt = -Infinity;
  /** The last call that was made because of a change. */
  private changePolledAt = -Infinity;
  /** Times at which something may be new. */
  private polls: readonly number[] = [];

  constructor(
    private readonly now: Clock,
    /** Whether changes are reported at present. */
    private readonly isReporting: () => boolean,
  ) {}

  get nextAt(): number {
    const dueAt = Math.min(this.staleAt, this.oldAt, ...this.polls);
    const spacedAt = Math.max(this.polledAt + SHORTEST_MS, this.changePolledAt + SHORTEST_AFTER_CHANGE_MS);
    return Math.max(dueAt, spacedAt, this.pausedUntil);
  }

  /** The poll that is due ignores anything fetched before this moment. */
  get freshSince(): number {
    const now = this.now();
    const wanted = this.polls.filter((at) => at <= now).at(-1) ?? -Infinity;
    return this.isReporting() ? wanted : Math.max(wanted, now - LONGEST_MS);
  }

  /** Whether a view fetched at this moment is new enough for a poll. */
  isSatisfied(freshSince: number): boolean {
    return this.staleAt > this.now() && this.askedAt >= freshSince;
  }

  /** A change was reported, or has to be confirmed: polls at once, and again while nothing is new. */
  pollAgain(): void {
    const now = this.now();
    this.changedAt = now;
    this.polls = POLLS_AFTER_CHANGE_MS.map((ms) => now + ms);
  }

  /** A call is in flight. */
  polling(): void {
    this.noteCall(this.now());
    this.polls = this.polls.filter((at) => at > this.polledAt);
  }

  updated({ ageMs, remainingMs, isNew }: PollResult): void {
    const now = this.now();
    this.askedAt = now - ageMs;
    this.noteCall(this.askedAt);
    this.staleAt = now + remainingMs;
    // Without freshness it was asked for before the last change: what that changed may still be missing.
    if (isNew && remainingMs > 0) this.polls = [];
  }

  succeeded(): void {
    this.pausedUntil = -Infinity;
  }

  /** The desk was not available; it may be asked again after this long. */
  failed(retryAfterMs: number): void {
    this.pausedUntil = this.now() + Math.max(SHORTEST_PAUSE_MS, retryAfterMs);
  }

  private noteCall(at: number): void {
    this.polledAt = Math.max(this.polledAt, at);
    const sinceMs = at - this.changedAt;
    if (sinceMs >= 0 && sinceMs <= AFTER_CHANGE_MS) this.changePolledAt = Math.max(this.changePolledAt, at);
  }

  private get oldAt(): number {
    return this.isReporting() ? Infinity : this.askedAt + LONGEST_MS;
  }
}
