import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { DeskError } from '../desk/desk-error.js';
import { type FreshnessPolicy } from './freshness.js';
import { type Reading } from './reading.js';
import { failurePause } from './search.js';
import { type Session, type Sessions } from './session.js';

export interface RevalidationParts {
  readonly sessions: Sessions;
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly logger: Logger;
}

/** With a stale page at hand nobody waits longer than this for the desk. */
const PATIENCE_MS = 1000;

/** What goes on while a stale page is at hand: refreshes that nobody waits for, or not for long, and their failures. */
export class Revalidation {
  constructor(private readonly parts: RevalidationParts) {}

  /** One refresh in the background; nobody waits for it, and nobody else starts one meanwhile. */
  inBackground(session: Session, refresh: () => Promise<unknown>): void {
    if (session.isRefreshing || this.isPaused(session)) return;
    session.isRefreshing = true;
    const run = refresh().finally(() => {
      session.isRefreshing = false;
    });
    this.keepOpen(session, run);
  }

  /** The desk first, and the stale page where it fails, limits or takes its time. */
  async withPatience(session: Session, ask: () => Promise<Reading>, stale: Reading): Promise<Reading> {
    if (this.isPaused(session)) return stale;
    const fresh = ask();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, 'late').unref()));
    try {
      const first = await Promise.race([fresh, patience]);
      if (first !== 'late') return first;
      this.keepOpen(session, fresh);
      return stale;
    } catch (error) {
      if (!this.isBridged(session, error)) throw error;
      return stale;
    } finally {
      clearTimeout(timer);
    }
  }

  private isPaused(session: Session): boolean {
    return session.retryAt > this.parts.now();
  }

  /** Lets work that nobody waits for any more go on, with the session held and its failure noted. */
  private keepOpen(session: Session, work: Promise<unknown>): void {
    this.parts.sessions.enter(session.id);
    work
      .catch((error: unknown) => {
        if (!this.isBridged(session, error)) this.parts.logger.debug('a refresh found that there is no such session');
      })
      .catch((error: unknown) => {
        this.parts.logger.error({ err: error }, 'a refresh failed through a fault of ours');
      })
      .finally(() => {
        this.parts.sessions.leave(session);
      });
  }

  /** Whether a held page may stand in for this failure; if so, the desk is left alone for a moment. */
  private isBridged(session: Session, error: unknown): boolean {
    if (!(error instanceof DeskError)) throw error;
    if (error.code === 'session-not-found' || error.code === 'invalid-request') return false;
    session.retryAt = this.parts.now() + failurePause(this.parts.policy, error);
    return true;
  }
}
