import { type Clock } from '../clock.js';
import { type CallOptions } from '../desk/call-options.js';
import { DeskFailedError, DeskNotFoundError } from '../desk/desk-error.js';
import { type Entries, type Entry, NotFound } from './entry.js';
import { type Arrived, type Basis, type Moments } from './freshness.js';
import { type EntryUpdater } from './entry-updater.js';
import { type FlightLock } from './flight-lock.js';
import { HEAD, type StoredWrite } from './redis-store.js';
import { type Fetch, type Resource, type Step } from './resource.js';
import { type View } from './result.js';
import { type Background, type SingleFlight } from './single-flight.js';

export interface LoadParts<Query, State, Update, V extends View> {
  readonly resource: Resource<Query, State, Update, V>;
  readonly entries: Entries<State>;
  readonly updater: EntryUpdater<Query, State, Update, V>;
  readonly flights: SingleFlight;
  readonly moments: Moments;
  readonly now: Clock;
}

export interface LoadOptions {
  readonly deadlineAt: number;
  readonly background: Background | undefined;
  readonly signal: AbortSignal | undefined;
  /** Ignore anything fetched before this request (`no-cache`). */
  readonly noCache: boolean;
  /** A held view can be served instead. */
  readonly hasFallback: boolean;
  /** Ignore anything fetched before this moment. */
  readonly freshSince: number;
  /** The lock of the head's flight, if a read has taken it. */
  readonly lock: FlightLock | undefined;
}

/** A resource that is still incomplete after so many steps changes with every answer. */
const MAX_STEPS = 6;

/** How far the desk's records may lag behind its webhooks. */
const LAG_MS = 5000;

/**
 * One request's load: fetches what its query lacks, in as few calls as possible, shared with all requests that need the
 * same.
 */
export class Load<Query, State, Update, V extends View> {
  private readonly since: number;
  /**
   * The changes known when the load began: an answer fetched before one of them does not count, whenever it arrives.
   */
  private readonly change: number;
  private readonly heldBefore: ReadonlySet<Arrived>;
  private readonly tried = new Set<string>();
  private askedOn: Basis | undefined;
  private hasAsked = false;
  private hasJoined = false;

  constructor(
    private readonly parts: LoadParts<Query, State, Update, V>,
    private readonly entry: Entry<State>,
    private readonly query: Query,
    private readonly options: LoadOptions,
  ) {
    this.since = parts.now();
    this.change = entry.change;
    // By identity: parts fetched in the same millisecond have the same time stamp.
    this.heldBefore = new Set(this.heldParts());
  }

  /** Whether all answers of this load were fetched for other requests. */
  get isCollapsed(): boolean {
    return this.hasJoined && !this.hasAsked;
  }

  /** @throws DeskError */
  async run(): Promise<V> {
    for (let count = 0; count < MAX_STEPS; count++) {
      const step = this.next();
      if ('view' in step) return step.view;
      await Promise.all(step.fetches.map((fetch) => this.fetch(fetch)));
    }
    throw new DeskFailedError('the answers of the desk changed with every call');
  }

  private next(): Step<Update, V> {
    const { resource, moments } = this.parts;
    const { state } = this.entry;
    if (state instanceof NotFound && this.isUsable(state)) throw new DeskNotFoundError('not found');
    const held = state instanceof NotFound ? undefined : state;
    const context = {
      moment: moments.of(this.entry),
      isUsable: (part: Arrived) => this.isUsable(part),
      tried: this.tried,
    };
    return resource.next(this.entry.id, this.query, held, context);
  }

  /** Fresh, or fetched while this request waited: the latter is fresh for it, however short the lifetime. */
  private isUsable(part: Arrived): boolean {
    const isNew = part.arrivedAt >= this.since && !this.heldBefore.has(part);
    if (isNew && (part.basis?.change ?? 0) >= this.change) return true;
    const { noCache, freshSince } = this.options;
    return !noCache && part.askedAt >= freshSince && this.parts.moments.of(this.entry).remainingMs(part) > 0;
  }

  private async fetch(fetch: Fetch<Update>): Promise<void> {
    const { name } = fetch;
    const { deadlineAt, background, signal, hasFallback, lock } = this.options;
    const result = await this.parts.flights.run(this.entry, {
      name,
      deadlineAt,
      background,
      signal,
      yieldsToFailure: hasFallback,
      ask: (options) => this.ask(fetch, options),
      fail: (error) => this.parts.updater.mergeFailure(this.entry, error, this.askedOn),
      // The head in Redis is never newer than the version; another part may be there that this replica has not seen.
      mayBeStored: (version) => version !== '' && (name !== HEAD || version !== this.entry.version),
      collect: (waited) => this.collect(name, waited),
      lock: name === HEAD ? lock : undefined,
    });
    this.tried.add(name);
    if (result === 'asked') this.hasAsked = true;
    else this.hasJoined = true;
  }

  /** Keeps the entry during the call, even if its last reader disconnects. */
  private async ask({ run }: Fetch<Update>, options: CallOptions): Promise<readonly StoredWrite[]> {
    const { entries, updater } = this.parts;
    entries.hold(this.entry);
    try {
      this.askedOn = this.basis();
      return updater.mergeAnswer(this.entry, await run(options, this.askedOn));
    } finally {
      entries.leave(this.entry);
    }
  }

  /** Merges what another replica stored; returns whether the wanted part was there. */
  private async collect(name: string, waited: boolean): Promise<boolean> {
    const { entry, query } = this;
    const waitedFor = waited ? name : undefined;
    if (!(await this.parts.updater.mergeStored(entry, query, { wantsParts: true, waitedFor }))) return false;
    if (entry.state instanceof NotFound) return this.isUsable(entry.state);
    const step = this.next();
    return 'view' in step || step.fetches.every((fetch) => fetch.name !== name);
  }

  private basis(): Basis {
    const { change, changedAt } = this.entry;
    return { change, mayLag: this.parts.now() - changedAt < LAG_MS };
  }

  private heldParts(): Iterable<Arrived> {
    const { state } = this.entry;
    if (state === undefined) return [];
    return state instanceof NotFound ? [state] : this.parts.resource.parts(state);
  }
}
