import { type Clock } from '../../clock.js';

/** However short lifetimes are, the desk is not asked more often about one session. */
const SHORTEST_MS = 250;
/** The same after somebody said that the session changed. */
const SHORTEST_AFTER_NOTICE_MS = 1000;
/** A watched head is looked at this often while nobody tells of changes, however long it counts as fresh. */
const LONGEST_MS = 10_000;
/** Records may come later than the notice of them: these are the looks that follow one that found nothing new. */
const LOOKS_AFTER_NOTICE_MS = [0, 1000, 2000, 5000] as const;
const NOTICED_MS = Math.max(...LOOKS_AFTER_NOTICE_MS);
/** Who asks on behalf of many waits a little longer after a failure than they would. */
const SHORTEST_PAUSE_MS = 1000;

/** What a look brought. */
export interface Look {
  readonly ageMs: number;
  /** For how long it counts as fresh; negative where it does not. */
  readonly remainingMs: number;
  readonly isNew: boolean;
}

/** When a watched session is to be looked at. */
export class WatchSchedule {
  private askedAt = -Infinity;
  private lookedAt = -Infinity;
  private staleAt = -Infinity;
  private pausedUntil = -Infinity;
  private noticedAt = -Infinity;
  /** Moments at which something may be there that was not before. */
  private looks: readonly number[] = [];

  constructor(
    private readonly now: Clock,
    /** Whether changes are told of at present. */
    private readonly isTold: () => boolean,
  ) {}

  get nextAt(): number {
    const dueAt = Math.min(this.staleAt, this.oldAt, ...this.looks);
    const shortestMs = this.now() - this.noticedAt <= NOTICED_MS ? SHORTEST_AFTER_NOTICE_MS : SHORTEST_MS;
    return Math.max(dueAt, this.lookedAt + shortestMs, this.pausedUntil);
  }

  /** What was asked for before this moment does not do for the look that is due. */
  get freshSince(): number {
    const now = this.now();
    const wanted = this.looks.filter((at) => at <= now).at(-1) ?? -Infinity;
    return this.isTold() ? wanted : Math.max(wanted, now - LONGEST_MS);
  }

  /** Whether what is known does for a look that wants nothing older than this. */
  isSatisfied(freshSince: number): boolean {
    return this.staleAt > this.now() && this.askedAt >= freshSince;
  }

  /** Somebody said that the session changed. */
  noticed(): void {
    const now = this.now();
    this.noticedAt = now;
    this.looks = LOOKS_AFTER_NOTICE_MS.map((ms) => now + ms);
  }

  /** The desk is being asked. */
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

  /** The desk could not be asked, and may be after so long. */
  failed(retryAfterMs: number): void {
    this.pausedUntil = this.now() + Math.max(SHORTEST_PAUSE_MS, retryAfterMs);
  }

  private get oldAt(): number {
    return this.isTold() ? Infinity : this.askedAt + LONGEST_MS;
  }
}
