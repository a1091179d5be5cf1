import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { DeskAbandonedError, DeskError } from '../desk/desk-error.js';
import { type Entries, type Entry } from './entry.js';
import { type FreshnessPolicy } from './freshness.js';
import { failurePauseMs } from './learner.js';

export interface RevalidationParts<State> {
  readonly entries: Entries<State>;
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly logger: Logger;
}

/** A request that could be answered with a stale view waits no longer than this for the desk. */
const PATIENCE_MS = 1000;

/** Refreshes behind a stale view: in the background, or waited for a moment; and what follows when they fail. */
export class Revalidation<State> {
  constructor(private readonly parts: RevalidationParts<State>) {}

  /** One refresh in the background; nobody waits for it, and nobody else starts one meanwhile. */
  inBackground(entry: Entry<State>, refresh: () => Promise<unknown>): void {
    if (entry.isRevalidating || this.isPaused(entry)) return;
    entry.isRevalidating = true;
    const run = refresh().finally(() => {
      entry.isRevalidating = false;
    });
    this.keepOpen(entry, run);
  }

  /** The desk first, and what is stale where it fails, limits or takes its time. */
  async withPatience<T>(entry: Entry<State>, ask: () => Promise<T>, stale: T): Promise<T> {
    if (this.isPaused(entry)) return stale;
    const fresh = ask();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, 'late').unref()));
    try {
      const first = await Promise.race([fresh, patience]);
      if (first !== 'late') return first;
      this.keepOpen(entry, fresh);
      return stale;
    } catch (error) {
      if (!this.isBridged(entry, error)) throw error;
      return stale;
    } finally {
      clearTimeout(timer);
    }
  }

  private isPaused(entry: Entry<State>): boolean {
    return entry.retryAt > this.parts.now();
  }

  /** Lets work that nobody waits for any more go on, with the entry held and its failure noted. */
  private keepOpen(entry: Entry<State>, work: Promise<unknown>): void {
    const { entries, logger } = this.parts;
    entries.hold(entry);
    work
      .catch((error: unknown) => {
        if (!this.isBridged(entry, error)) logger.debug('a refresh found nothing there');
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, 'a refresh failed through a fault of our own');
      })
      .finally(() => {
        entries.leave(entry);
      });
  }

  /** Whether a stale view may stand in for this failure; if so, the desk is left alone for a moment. */
  private isBridged(entry: Entry<State>, error: unknown): boolean {
    if (!(error instanceof DeskError)) throw error;
    if (error instanceof DeskAbandonedError) return true;
    if (error.code === 'session-not-found' || error.code === 'invalid-request') return false;
    entry.retryAt = this.parts.now() + failurePauseMs(this.parts.policy, error);
    return true;
  }
}
