import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { DeskSessionNotFoundError } from '../desk/desk-error.js';
import { type TranscriptStore } from '../store/transcript-store.js';
import { adopt } from './adopt.js';
import { cut } from './cut.js';
import { type Flights } from './flight.js';
import { type FreshnessPolicy, phaseOf, restOf } from './freshness.js';
import { type Inquiry } from './inquiry.js';
import { type Found, foundInAnswer, foundInLog, type Level, type Reading } from './reading.js';
import { Revalidation } from './revalidation.js';
import { Search } from './search.js';
import { type Session, type Sessions } from './session.js';
import { type Window, windowKey } from './window.js';

export interface TranscriptsParts {
  readonly sessions: Sessions;
  readonly store: TranscriptStore;
  readonly flights: Flights;
  readonly inquiry: Inquiry;
  readonly policy: FreshnessPolicy;
  readonly deadlineMs: number;
  readonly now: Clock;
  readonly logger: Logger;
}

/** How a window is asked for; without a reader, whoever leaves. */
interface Asking {
  readonly asksAnew?: boolean;
  readonly hasFallback?: boolean;
  readonly reader?: AbortSignal | undefined;
}

/** A copy in memory is compared with Redis when it is older than this, so that all replicas soon serve the same. */
const CHECK_MS = 2000;

/** Sessions' messages, whatever the window: from memory, from Redis, or from the desk. */
export class Transcripts {
  private readonly revalidation: Revalidation;

  constructor(private readonly parts: TranscriptsParts) {
    this.revalidation = new Revalidation(parts);
  }

  /** A fresh page out of memory, without waiting for anything; undefined where it takes more than that. */
  peek(sessionId: string, window: Window): Reading | undefined {
    const session = this.parts.sessions.get(sessionId);
    if (session === undefined || this.needsCheck(session)) return undefined;
    const found = this.held(session, window);
    return found !== undefined && found.restMs > 0 ? reading(found, 'hit', 'memory') : undefined;
  }

  /**
   * `reader` aborts when who asks has left.
   * @throws DeskError, or what a fault of our own throws
   */
  async read(sessionId: string, window: Window, asksAnew: boolean, reader: AbortSignal): Promise<Reading> {
    const session = this.parts.sessions.enter(sessionId);
    try {
      if (asksAnew) return await this.ask(session, window, { asksAnew, reader });
      return await this.answer(session, window, reader);
    } finally {
      this.parts.sessions.leave(session);
    }
  }

  private async answer(session: Session, window: Window, reader: AbortSignal): Promise<Reading> {
    let level: Level = 'memory';
    if (!this.needsCheck(session)) this.refuseIfGone(session);
    let found = this.held(session, window);
    if (this.needsCheck(session) && session.check !== undefined) {
      level = await session.check;
      this.refuseIfGone(session);
      found = this.held(session, window);
    }
    // What is not here another replica may have left in Redis.
    if (this.needsCheck(session) || (found === undefined && session.known !== undefined)) {
      level = await this.check(session, window, found === undefined);
      this.refuseIfGone(session);
      found = this.held(session, window);
    }
    const phase = found === undefined ? 'expired' : phaseOf(this.parts.policy, found.restMs);
    if (found === undefined || phase === 'expired') {
      return this.ask(session, window, { wasHeld: found !== undefined, reader });
    }
    if (phase === 'fresh') return reading(found, 'hit', level);
    if (phase === 'revalidate') {
      const behind = { hasFallback: true, isBackground: true };
      this.revalidation.inBackground(session, () => this.search(session, window, behind).run());
      return reading(found, 'stale', level);
    }
    // Not for this reader alone: it goes on behind the stale page.
    const ask = () => this.ask(session, window, { hasFallback: true, wasHeld: true });
    return this.revalidation.withPatience(session, ask, reading(found, 'stale', level));
  }

  /** Brings what is known here up to what Redis holds; others who need the same meanwhile wait for this one. */
  private check(session: Session, window: Window, wantsParts: boolean): Promise<Level> {
    const check = this.readStore(session, window, wantsParts).finally(() => {
      if (session.check === check) session.check = undefined;
    });
    session.check = check;
    return check;
  }

  /** One round trip; answers which level then speaks. */
  private async readStore(session: Session, window: Window, wantsParts: boolean): Promise<Level> {
    const stored = await this.parts.store.read(session.id, window, session.version, wantsParts);
    session.checkedAt = this.parts.now();
    if (stored === undefined) return 'memory';
    const before = session.known;
    session.known = adopt(before, stored);
    session.version = stored.version;
    return session.known === before ? 'memory' : 'redis';
  }

  private needsCheck(session: Session): boolean {
    if (session.settling > 0 || !this.parts.store.isUp) return false;
    return this.parts.now() - session.checkedAt >= CHECK_MS;
  }

  private refuseIfGone({ known }: Session): void {
    if (known?.kind === 'gone' && restOf(known, this.parts.now()) > 0)
      throw new DeskSessionNotFoundError('no such session');
  }

  /** The window, if all of it is held, however old. */
  private held({ known }: Session, window: Window): Found | undefined {
    const now = this.parts.now();
    if (known?.kind === 'log') {
      const found = cut(known, window, () => true);
      return found.missing.length === 0 ? foundInLog(known, found, now) : undefined;
    }
    const answer =
      known?.kind === 'contradicted' && known.until > now ? known.windows.get(windowKey(window)) : undefined;
    return answer && foundInAnswer(answer, window, false, now);
  }

  private async ask(
    session: Session,
    window: Window,
    { asksAnew = false, hasFallback = false, wasHeld = false, reader }: Asking & { readonly wasHeld?: boolean },
  ): Promise<Reading> {
    const search = this.search(session, window, { asksAnew, hasFallback, reader });
    const found = await search.run();
    const outcome = asksAnew ? 'bypass' : search.isCollapsed ? 'collapsed' : 'miss';
    return {
      ...reading(found, outcome, 'none'),
      forwarded: asksAnew ? 'request' : wasHeld ? 'stale' : 'miss',
      isStored: found.lifetimeMs > 0,
      isCollapsed: search.isCollapsed,
    };
  }

  private search(
    session: Session,
    window: Window,
    {
      asksAnew = false,
      hasFallback = false,
      isBackground = false,
      reader,
    }: Asking & { readonly isBackground?: boolean },
  ): Search {
    const { now, deadlineMs } = this.parts;
    const visit = { deadlineAt: now() + deadlineMs, isBackground };
    return new Search(this.parts, session, window, { visit, reader, asksAnew, hasFallback });
  }
}

/** Field by field, for a spread costs a hit more than all its arithmetic. */
function reading(found: Found, outcome: Reading['outcome'], level: Level): Reading {
  const { total, first, pieces, newestAt, lifetimeMs, restMs } = found;
  return {
    total,
    first,
    pieces,
    newestAt,
    lifetimeMs,
    restMs,
    outcome,
    level,
    forwarded: undefined,
    isStored: false,
    isCollapsed: false,
  };
}
