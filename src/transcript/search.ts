import { type Clock } from '../clock.js';
import { type DeskError, DeskFailedError, DeskSessionNotFoundError } from '../desk/desk-error.js';
import { type Visit } from '../desk/turnstile.js';
import { type TranscriptStore } from '../store/transcript-store.js';
import { adopt } from './adopt.js';
import { cut } from './cut.js';
import { type FlightPlan, type Flights } from './flight.js';
import { type FreshnessPolicy, restOf } from './freshness.js';
import { type Inquiry } from './inquiry.js';
import { type Frame, type Log, usableFrames } from './log.js';
import { type Datable, partsOf } from './known.js';
import { blockPart, headPart, type Part, windowPart } from './part.js';
import { type Found, foundInAnswer, foundInLog } from './reading.js';
import { type Session } from './session.js';
import { type Window, windowKey } from './window.js';

export interface SearchParts {
  readonly store: TranscriptStore;
  readonly flights: Flights;
  readonly inquiry: Inquiry;
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
}

export interface SearchOptions {
  readonly visit: Visit;
  /** Aborts when who asks has left; a refresh that goes on without its reader has none. */
  readonly reader: AbortSignal | undefined;
  /** What was asked for before this request began won't do, however fresh. */
  readonly asksAnew: boolean;
  /** A held page can be served instead. */
  readonly hasFallback: boolean;
}

/** Head, then blocks, then perhaps both again because the session grew: more rounds than that, and the window is asked. */
const MAX_ROUNDS = 4;

/** A failed refresh is left alone for so long at most. */
const MAX_FAILURE_PAUSE_MS = 5000;

/** Gets from the desk what one window lacks, in as few calls as that takes, together with everybody who needs the same. */
export class Search {
  private readonly since: number;
  private readonly heldBefore: ReadonlySet<Datable>;
  private hasFlown = false;
  private hasJoined = false;

  constructor(
    private readonly parts: SearchParts,
    private readonly session: Session,
    private readonly window: Window,
    private readonly options: SearchOptions,
  ) {
    this.since = parts.now();
    // A millisecond is long: what was here when this began did not arrive while it waited.
    this.heldBefore = new Set([...(session.known ? partsOf(session.known) : []), ...session.passing.values()]);
  }

  /** Whether every answer this took had been asked for by somebody else. */
  get isCollapsed(): boolean {
    return this.hasJoined && !this.hasFlown;
  }

  /** @throws DeskError */
  async run(): Promise<Found> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const found = await this.round();
      if (found !== undefined) return found;
    }
    throw new DeskFailedError('the session changed with every answer');
  }

  /** One look at what is known, and one flight of what is lacking; the page, once nothing is. */
  private async round(): Promise<Found | undefined> {
    const { session, parts } = this;
    const { known } = session;
    if (known?.kind === 'contradicted') {
      if (known.until > parts.now()) return this.askWindow();
      session.known = undefined;
    } else if (known?.kind === 'gone' && this.isUsable(known)) {
      throw new DeskSessionNotFoundError('no such session');
    } else if (known?.kind === 'log' && this.isUsable(known.head)) {
      return this.fromLog(known);
    }
    await this.fly(headPart, (visit) => parts.inquiry.head(session, visit));
    return undefined;
  }

  private async fromLog(log: Log): Promise<Found | undefined> {
    const found = cut(log, this.window, (block) => this.isUsable(block));
    if (found.missing.length === 0) return foundInLog(log, found, this.parts.now());
    const frame: Frame = usableFrames(log, this.window.order)[0] ?? 'start';
    await Promise.all(found.missing.map((index) => this.askBlock(log, frame, index)));
    const { known } = this.session;
    if (known?.kind !== 'log') return undefined;
    const again = cut(known, this.window, (block) => this.isUsable(block));
    if (again.missing.length === 0) return foundInLog(known, again, this.parts.now());
    // It grew between head and block: the two can't be joined, and asking for either again may fail the same way.
    return this.askWindow();
  }

  private async askBlock(log: Log, frame: Frame, index: number): Promise<void> {
    const { session, parts } = this;
    await this.fly(blockPart(frame, index), (visit) => parts.inquiry.block(session, log, frame, index, visit));
  }

  private async askWindow(): Promise<Found | undefined> {
    const held = this.windowFound();
    if (held !== undefined) return held;
    const { session, parts, window } = this;
    await this.fly(windowPart(window), (visit) => parts.inquiry.window(session, window, visit));
    return this.windowFound();
  }

  private windowFound(): Found | undefined {
    const key = windowKey(this.window);
    const { known, passing } = this.session;
    const isContradicted = known?.kind === 'contradicted';
    const answer = isContradicted ? known.windows.get(key) : passing.get(key);
    if (answer === undefined || !this.isUsable(answer)) return undefined;
    return foundInAnswer(answer, this.window, !isContradicted, this.parts.now());
  }

  /** Fresh; or asked for while this request waited, which is fresh for it, however small the bounds. */
  private isUsable(part: Datable): boolean {
    if (part.arrivedAt >= this.since && !this.heldBefore.has(part)) return true;
    return !this.options.asksAnew && restOf(part, this.parts.now()) > 0;
  }

  private async fly(part: Part, ask: FlightPlan['ask']): Promise<void> {
    const { visit, reader, hasFallback } = this.options;
    const flown = await this.parts.flights.fly(this.session, {
      name: part.name,
      visit,
      reader,
      yieldsToFailure: hasFallback,
      ask,
      // The head is never newer in Redis than the version says; of a block or window this replica may not know yet.
      mayBeThere: (version) => version !== '' && (part !== headPart || version !== this.session.version),
      collect: (waited) => this.collect(part, waited),
      pauseAfter: (error) => failurePause(this.parts.policy, error),
    });
    if (flown === 'flew') this.hasFlown = true;
    else this.hasJoined = true;
  }

  /** Takes over what another replica learned; true where that is what this request would have asked for. */
  private async collect(part: Part, waited: boolean): Promise<boolean> {
    const { session, parts } = this;
    const stored = await parts.store.read(session.id, this.window, session.version, true);
    if (stored === undefined) return false;
    const before = session.known && part.get(session.known);
    let known = adopt(session.known, stored);
    const after = known && part.get(known);
    // Another replica's flight ended while this request waited for it: that is as good as having asked.
    if (waited && known && after && after !== before) known = part.arrivedAt(known, parts.now());
    session.known = known;
    session.version = stored.version;
    session.checkedAt = parts.now();
    const there = known && part.get(known);
    if (there !== undefined) return this.isUsable(there);
    // The news that the session has windows only; the next round asks for one.
    return !part.isWindow && known?.kind === 'contradicted' && known.until > parts.now();
  }
}

export function failurePause(policy: FreshnessPolicy, error: DeskError): number {
  const pauseMs = Math.min(policy.freshMinMs, MAX_FAILURE_PAUSE_MS);
  return error.code === 'upstream-rate-limited' ? Math.max(pauseMs, error.retryAfterMs ?? 0) : pauseMs;
}
