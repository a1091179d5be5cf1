import { type Logger } from 'pino';
import { type Clock } from '../../clock.js';
import { DeskError, DeskNotFoundError } from '../../desk/desk-error.js';
import { NEWEST_WINDOW } from '../../transcript/query.js';
import { type Transcripts } from '../../transcript/transcripts.js';
import { type TranscriptView } from '../../transcript/view.js';
import { NewestMessages, type PositionedMessage } from './newest-messages.js';
import { WatchSchedule } from './watch-schedule.js';

/** How a session changed since the last poll of its watch. */
export type SessionChange =
  /** It may have grown, and earlier messages may be edited. */
  | { readonly kind: 'log'; readonly newest: NewestMessages; readonly edited: readonly PositionedMessage[] }
  /** Positions are invalid; from now on those of `newest` hold, if it has any. */
  | { readonly kind: 'reset'; readonly newest: NewestMessages; readonly id: number | undefined };

/** A listener of a watch. */
export interface Watcher {
  onChange(change: SessionChange): void;
  /** The desk does not have the session any more. */
  onGone(): void;
}

export interface WatchParts {
  readonly transcripts: Pick<Transcripts, 'recall' | 'refresh' | 'catchUp' | 'changes' | 'updates'>;
  /** Whether changes are reported at present. */
  readonly isReporting: () => boolean;
  readonly now: Clock;
  readonly logger: Logger;
}

/** Reporting may start or stop: a sleeping watch checks this often. */
const LONGEST_SLEEP_MS = 2000;

/** One session, polled once for all its clients at this replica. */
export class Watch {
  private readonly watchers = new Set<Watcher>();
  private readonly schedule: WatchSchedule;
  private readonly unsubscribe: readonly (() => void)[];
  private held: NewestMessages;
  /** When fewer messages were seen than before: reported only once the desk was asked again. */
  private shrunkAt: number | undefined;
  private polling: { readonly freshSince: number; readonly abort: AbortController } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly id: string,
    private readonly parts: WatchParts,
    view: TranscriptView,
  ) {
    const { transcripts, now, isReporting } = parts;
    this.schedule = new WatchSchedule(now, isReporting);
    this.unsubscribe = [
      transcripts.updates.subscribe(id, () => {
        this.update();
        this.plan();
      }),
      transcripts.changes.subscribe(id, () => {
        this.schedule.pollAgain();
        this.update();
        this.plan();
      }),
    ];
    this.held = NewestMessages.of(view, undefined);
    this.take(view);
    // Another request may have fetched more since.
    this.update();
    this.plan();
  }

  get newest(): NewestMessages {
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
    this.polling?.abort.abort();
    for (const unsubscribe of this.unsubscribe) unsubscribe();
  }

  private update(): void {
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
    const newest = NewestMessages.of(view, held);
    const isNew = held !== newest;
    this.schedule.updated({ ageMs: view.ageMs, remainingMs: view.remainingMs, isNew });
    const now = this.parts.now();
    const shrunkAt = this.shrunkAt ?? now;
    if (needsConfirmation(held, newest, { askedAt: now - view.ageMs, shrunkAt })) {
      this.shrunkAt = shrunkAt;
      this.schedule.pollAgain();
      return;
    }
    this.shrunkAt = undefined;
    this.held = newest;
    if (isNew) this.notify(changeOf(held, newest));
  }

  private notify(change: SessionChange): void {
    for (const watcher of [...this.watchers]) watcher.onChange(change);
  }

  private plan(): void {
    clearTimeout(this.timer);
    if (this.isClosed) return;
    const { polling, schedule } = this;
    if (polling !== undefined) {
      // It may wait for its turn while another request has fetched what it needs.
      if (schedule.isSatisfied(polling.freshSince)) polling.abort.abort();
      return;
    }
    const waitMs = Math.max(0, schedule.nextAt - this.parts.now());
    this.timer = setTimeout(
      () => {
        if (waitMs > LONGEST_SLEEP_MS) {
          this.update();
          this.plan();
        } else void this.poll();
      },
      Math.min(waitMs, LONGEST_SLEEP_MS),
    ).unref();
  }

  private async poll(): Promise<void> {
    const { transcripts, logger } = this.parts;
    const { freshSince } = this.schedule;
    this.schedule.polling();
    const abort = new AbortController();
    this.polling = { freshSince, abort };
    try {
      await transcripts.refresh(this.id, NEWEST_WINDOW, { freshSince, signal: abort.signal });
      this.schedule.succeeded();
    } catch (error) {
      if (!(error instanceof DeskError)) logger.error({ err: error }, 'a watch failed through a fault of our own');
      if (!abort.signal.aborted) this.schedule.failed(error instanceof DeskError ? (error.retryAfterMs ?? 0) : 0);
    }
    this.polling = undefined;
    if (this.isClosed) return;
    this.update();
    this.plan();
  }
}

/**
 * Updates from other replicas may be out of order by a moment: a shrunken log is reported once the desk was asked after it
 * was first seen.
 */
function needsConfirmation(
  held: NewestMessages,
  newest: NewestMessages,
  { askedAt, shrunkAt }: { readonly askedAt: number; readonly shrunkAt: number },
): boolean {
  const hasShrunk = held.first !== undefined && newest.first !== undefined && newest.total < held.total;
  return hasShrunk && askedAt < shrunkAt;
}

function changeOf(before: NewestMessages, newest: NewestMessages): SessionChange {
  if (newest.first === undefined) {
    // If it shrank, clients at least get the new total.
    const hasShrunk = before.first !== undefined && newest.total < before.total;
    return { kind: 'reset', newest, id: hasShrunk ? newest.total : undefined };
  }
  if (before.first === undefined || newest.total < before.total) return { kind: 'reset', newest, id: newest.total };
  return { kind: 'log', newest, edited: newest.editedSince(before) };
}
