import { type Entry } from './entry.js';
import { type FlightLock } from './flight-lock.js';
import { type FreshnessPolicy, phaseOf } from './freshness.js';
import { type HeldCopies } from './held-copies.js';
import { Load, type LoadParts } from './load.js';
import { HEAD } from './redis-store.js';
import { type Level, type Result, type View } from './result.js';
import { type Revalidation } from './revalidation.js';
import { type Background } from './single-flight.js';

export interface ReadOptions {
  /** Ask the desk first, and serve nothing stale instead (RFC 9111 §5.2.1.4). */
  readonly noCache?: boolean;
  /** Aborted when the client has disconnected. */
  readonly signal?: AbortSignal | undefined;
}

export interface LookupParts<Query, State, Update, V extends View> extends LoadParts<Query, State, Update, V> {
  readonly copies: HeldCopies<Query, State, Update, V>;
  readonly revalidation: Revalidation<State>;
  readonly policy: FreshnessPolicy;
  readonly deadlineMs: number;
}

interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly noCache?: boolean;
  readonly hasFallback?: boolean;
  readonly background?: Background;
  readonly freshSince?: number;
  /** A stale view is held. */
  readonly wasHeld?: boolean;
  readonly lock?: FlightLock | undefined;
}

/** Answers reads: from memory, from Redis, or from the desk, by the phases of freshness. */
export class Lookup<Query, State, Update, V extends View> {
  constructor(private readonly parts: LookupParts<Query, State, Update, V>) {}

  /** A fresh view from memory, without any wait; undefined if there is none. */
  peek(entry: Entry<State>, query: Query): Result<V> | undefined {
    const { copies } = this.parts;
    if (copies.needsCheck(entry)) return undefined;
    const view = copies.view(entry, query);
    return view !== undefined && view.remainingMs > 0 ? held(view, 'hit', 'memory') : undefined;
  }

  /** @throws DeskError, or any error of our own code */
  async run(entry: Entry<State>, query: Query, { noCache = false, signal }: ReadOptions): Promise<Result<V>> {
    return noCache ? await this.ask(entry, query, { signal, noCache: true }) : await this.answer(entry, query, signal);
  }

  /** Where nothing is held, the read of Redis takes the lock of the call that follows if nothing is stored there either. */
  private async answer(entry: Entry<State>, query: Query, signal: AbortSignal | undefined): Promise<Result<V>> {
    const lock = entry.state === undefined ? this.parts.flights.lockOf(entry, HEAD) : undefined;
    try {
      return await this.answerWith(entry, query, signal, lock);
    } finally {
      lock?.giveBack();
    }
  }

  private async answerWith(
    entry: Entry<State>,
    query: Query,
    signal: AbortSignal | undefined,
    lock: FlightLock | undefined,
  ): Promise<Result<V>> {
    const { policy, revalidation, deadlineMs } = this.parts;
    const { view, level } = await this.find(entry, query, lock);
    const phase = view === undefined ? 'expired' : phaseOf(policy, view.remainingMs);
    if (view === undefined || phase === 'expired') {
      return this.ask(entry, query, { signal, wasHeld: view !== undefined, lock });
    }
    if (phase === 'fresh') return held(view, 'hit', level);
    if (phase === 'revalidate') {
      revalidation.runInBackground(entry, () =>
        this.load(entry, query, { hasFallback: true, background: { turnMs: deadlineMs, callMs: deadlineMs } }).run(),
      );
      return held(view, 'stale', level);
    }
    // Continues if the client disconnects: the next request needs the result too.
    const ask = () => this.ask(entry, query, { hasFallback: true, wasHeld: true });
    return revalidation.askOrServeStale(entry, ask, held(view, 'stale', level));
  }

  /**
   * The view that this replica or Redis holds, however old.
   * @throws DeskNotFoundError if what they hold is that there is nothing
   */
  private async find(
    entry: Entry<State>,
    query: Query,
    lock: FlightLock | undefined,
  ): Promise<{ readonly view: V | undefined; readonly level: Level }> {
    const { copies } = this.parts;
    let level: Level = 'memory';
    if (!copies.needsCheck(entry)) copies.throwIfNotFound(entry);
    let view = copies.view(entry, query);
    if (copies.needsCheck(entry) && entry.check !== undefined) {
      level = await entry.check;
      copies.throwIfNotFound(entry);
      view = copies.view(entry, query);
    }
    // Another replica may have stored in Redis what is missing here.
    if (copies.needsCheck(entry) || (view === undefined && entry.state !== undefined)) {
      level = await copies.check(entry, query, { wantsParts: view === undefined, lock });
      // Another flight brought a state meanwhile: what follows may fetch something else.
      if (entry.state !== undefined) lock?.giveBack();
      copies.throwIfNotFound(entry);
      view = copies.view(entry, query);
    }
    return { view, level };
  }

  private async ask(
    entry: Entry<State>,
    query: Query,
    { signal, noCache = false, hasFallback = false, wasHeld = false, lock }: AskOptions,
  ): Promise<Result<V>> {
    const load = this.load(entry, query, { signal, noCache, hasFallback, lock });
    const view = await load.run();
    const { isCollapsed } = load;
    return {
      view,
      outcome: noCache ? 'bypass' : isCollapsed ? 'collapsed' : 'miss',
      level: 'none',
      forwarded: noCache ? 'request' : wasHeld ? 'stale' : 'miss',
      isStored: view.lifetimeMs > 0,
      isCollapsed,
    };
  }

  load(
    entry: Entry<State>,
    query: Query,
    { signal, noCache = false, hasFallback = false, background, freshSince = -Infinity, lock }: AskOptions,
  ): Load<Query, State, Update, V> {
    const deadlineAt = this.parts.now() + this.parts.deadlineMs;
    const options = { deadlineAt, background, signal, noCache, hasFallback, freshSince, lock };
    return new Load(this.parts, entry, query, options);
  }
}

function held<V extends View>(view: V, outcome: 'hit' | 'stale', level: Level): Result<V> {
  return { view, outcome, level, forwarded: undefined, isStored: false, isCollapsed: false };
}
