import { type Logger } from 'pino';
import { type Clock, within } from '../clock.js';
import { DeskAbandonedError, DeskError } from '../desk/desk-error.js';
import { type Entries, type Entry } from './entry.js';
import { type FreshnessPolicy } from './freshness.js';
import { failurePauseMs } from './entry-updater.js';

export interface RevalidationParts<State> {
  readonly entries: Entries<State>;
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly logger: Logger;
}

/** The longest wait of a request that can be answered with a stale view. */
const MAX_WAIT_MS = 1000;

/** Refreshes behind a stale view, in the background or waited for briefly, and what follows when they fail. */
export class Revalidation<State> {
  constructor(private readonly parts: RevalidationParts<State>) {}

  /** One refresh in the background; no request waits for it, and no other refresh starts meanwhile. */
  runInBackground(entry: Entry<State>, refresh: () => Promise<unknown>): void {
    if (entry.isRevalidating || this.isPaused(entry)) return;
    entry.isRevalidating = true;
    const run = refresh().finally(() => {
      entry.isRevalidating = false;
    });
    this.continueInBackground(entry, run);
  }

  /** Asks the desk first; serves the stale view if the desk fails, limits or takes too long. */
  async askOrServeStale<T>(entry: Entry<State>, ask: () => Promise<T>, stale: T): Promise<T> {
    if (this.isPaused(entry)) return stale;
    const fresh = ask();
    try {
      const first = await within(fresh, MAX_WAIT_MS);
      if (first !== 'late') return first;
      this.continueInBackground(entry, fresh);
      return stale;
    } catch (error) {
      if (!this.mayServeStale(entry, error)) throw error;
      return stale;
    }
  }

  private isPaused(entry: Entry<State>): boolean {
    return entry.retryAt > this.parts.now();
  }

  /** Lets work continue that no request waits for any more, with the entry held and its failure recorded. */
  private continueInBackground(entry: Entry<State>, work: Promise<unknown>): void {
    const { entries, logger } = this.parts;
    entries.hold(entry);
    work
      .catch((error: unknown) => {
        if (!this.mayServeStale(entry, error)) logger.debug('a refresh found nothing there');
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, 'a refresh failed through a fault of our own');
      })
      .finally(() => {
        entries.leave(entry);
      });
  }

  /** Whether a stale view may be served at this failure; if so, refreshes pause for a moment. */
  private mayServeStale(entry: Entry<State>, error: unknown): boolean {
    if (!(error instanceof DeskError)) throw error;
    if (error instanceof DeskAbandonedError) return true;
    if (error.code === 'session-not-found' || error.code === 'invalid-request') return false;
    entry.retryAt = this.parts.now() + failurePauseMs(this.parts.policy, error);
    return true;
  }
}
