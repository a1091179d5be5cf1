import { type Logger } from 'pino';
import { type Clock } from '../../clock.js';
import { DeskError, DeskNotFoundError } from '../../desk/desk-error.js';
import { type Transcripts } from '../../transcript/transcripts.js';
import { type TranscriptView } from '../../transcript/view.js';
import { Newest, NEWEST_WINDOW, type Placed } from './newest.js';
import { WatchSchedule } from './watch-schedule.js';

/** How a session changed since the last poll of its watch. */
export type Change =
  /** It may have grown, and earlier messages may be edited. */
  | { readonly kind: 'log'; readonly newest: Newest; readonly edited: readonly Placed[] }
  /** Positions are invalid; from now on those of `newest` hold, if it has any. */
  | { readonly kind: 'reset'; readonly newest: Newest; readonly id: number | undefined };

/** A listener of a watch. */
export interface Watcher {
  onChange(change: Change): void;
  /** The desk does not have the session any more. */
  onGone(): void;
}

export interface WatchParts {
  readonly transcripts: Pick<Transcripts, 'recall' | 'refresh' | 'catchUp' | 'changes' | 'news'>;
  /** Whether changes are reported at present. */
  readonly isTold: () => boolean;
  readonly now: Clock;
  readonly logger: Logger;
}

/** Reporting may start or stop: a sleeping watch checks this often. */
const LONGEST_SLEEP_MS = 2000;

/** One session, polled once for all its clients at this replica. */
export class Watch {
  private readonly watchers = new Set<Watcher>();
  private readonly schedule: WatchSchedule;
  private readonly letGo: readonly (() => void)[];
  private held: Newest;
  /** When fewer messages were seen than before: reported only once the desk was asked again. */
  private doubtedAt: number | undefined;
  private looking: { readonly freshSince: number; readonly abort: AbortController } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly id: string,
    private readonly parts: WatchParts,
    view: TranscriptView,
  ) {
    const { transcripts, now, isTold } = parts;
    this.schedule = new WatchSchedule(now, isTold);
    this.letGo = [
      transcripts.news.subscribe(id, () => {
        this.learn();
        this.plan();
      }),
      transcripts.changes.subscribe(id, () => {
        this.schedule.noticed();
        this.learn();
        this.plan();
      }),
    ];
    this.held = Newest.of(view, undefined);
    this.take(view);
    // Another request may have fetched more since.
    this.learn();
    this.plan();
  }

  get newest(): Newest {
    return this.held;
  }

  get isWatched(): boolean {
    return this.watchers.size > 0;
  }

  add(watcher: Watcher): void {
    this.watchers.add(watcher);
  }

  remove(watcher: Watcher): void {
    this.watchers.delete(watcher);
  }

  /** Another replica may have updated the entry. */
  async catchUp(): Promise<void> {
    await this.parts.transcripts.catchUp(this.id, NEWEST_WINDOW);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.looking?.abort.abort();
    for (const letGo of this.letGo) letGo();
  }

  private learn(): void {
    try {
      const view = this.parts.transcripts.recall(this.id, NEWEST_WINDOW);
      // Evicted when memory is short: the known view stays.
      if (view !== undefined) this.take(view);
    } catch (error) {
      if (!(error instanceof DeskNotFoundError)) throw error;
      for (const watcher of [...this.watchers]) watcher.onGone();
    }
  }

  private take(view: TranscriptView): void {
    const { held } = this;
    const newest = Newest.of(view, held);
    const isNew = held !== newest;
    this.schedule.learned({ ageMs: view.ageMs, remainingMs: view.remainingMs, isNew });
    if (this.isDoubtful(held, newest, this.parts.now() - view.ageMs)) return;
    this.held = newest;
    if (isNew) this.tell(changeOf(held, newest));
  }

  /**
   * Updates from other replicas may be out of order by a moment; a shrunken log is reported once the desk confirms it.
   */
  private isDoubtful(held: Newest, newest: Newest, askedAt: number): boolean {
    if (newest.first === undefined || held.first === undefined || newest.total >= held.total) {
      this.doubtedAt = undefined;
      return false;
    }
    this.doubtedAt ??= this.parts.now();
    if (askedAt >= this.doubtedAt) {
      this.doubtedAt = undefined;
      return false;
    }
    this.schedule.noticed();
    return true;
  }

  private tell(change: Change): void {
    for (const watcher of [...this.watchers]) watcher.onChange(change);
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.isClosed) return;
    const { looking, schedule } = this;
    if (looking !== undefined) {
      // It may wait for its turn while another request has fetched what it needs.
      if (schedule.isSatisfied(looking.freshSince)) looking.abort.abort();
      return;
    }
    const waitMs = Math.max(0, schedule.nextAt - this.parts.now());
    this.timer = setTimeout(
      () => {
        if (waitMs > LONGEST_SLEEP_MS) {
          this.learn();
          this.plan();
        } else void this.look();
      },
      Math.min(waitMs, LONGEST_SLEEP_MS),
    ).unref();
  }

  private async look(): Promise<void> {
    const { transcripts, logger } = this.parts;
    const { freshSince } = this.schedule;
    this.schedule.looking();
    const abort = new AbortController();
    this.looking = { freshSince, abort };
    try {
      await transcripts.refresh(this.id, NEWEST_WINDOW, { freshSince, signal: abort.signal });
      this.schedule.succeeded();
    } catch (error) {
      if (!(error instanceof DeskError)) logger.error({ err: error }, 'a watch failed through a fault of our own');
      if (!abort.signal.aborted) this.schedule.failed(error instanceof DeskError ? (error.retryAfterMs ?? 0) : 0);
    }
    this.looking = undefined;
    if (this.isClosed) return;
    this.learn();
    this.plan();
  }
}

function changeOf(before: Newest, newest: Newest): Change {
  if (newest.first === undefined) {
    // If it shrank, clients at least get the new total.
    const hasShrunk = before.first !== undefined && newest.total < before.total;
    return { kind: 'reset', newest, id: hasShrunk ? newest.total : undefined };
  }
  if (before.first === undefined || newest.total < before.total) return { kind: 'reset', newest, id: newest.total };
  return { kind: 'log', newest, edited: newest.editedSince(before) };
}
