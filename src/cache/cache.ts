import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { type BackgroundTurns } from '../desk/admission/background-turns.js';
import { DeskNotFoundError } from '../desk/desk-error.js';
import { type RedisChannel } from '../redis/redis-channel.js';
import { Subscriptions } from './change-feed.js';
import { Entries, type Entry, NotFound } from './entry.js';
import { type FreshnessPolicy, Moments } from './freshness.js';
import { HeldCopies } from './held-copies.js';
import { EntryUpdater } from './entry-updater.js';
import { Lookup, type LookupParts, type ReadOptions } from './lookup.js';
import { type RedisStore } from './redis-store.js';
import { retryWhileLimited } from './retry-while-limited.js';
import { type Resource } from './resource.js';
import { type Result, type View } from './result.js';
import { Revalidation } from './revalidation.js';
import { type Background, SingleFlight } from './single-flight.js';

export interface CacheOptions {
  readonly store: RedisStore;
  /** In this process. */
  readonly maxBytes: number;
  readonly policy: FreshnessPolicy;
  /** Whether changes are reported at present. */
  readonly isReporting: () => boolean;
  /** The time that one request may spend on the desk. */
  readonly deadlineMs: number;
  readonly turns: Pick<BackgroundTurns, 'take' | 'takeAgain' | 'stopping'>;
  readonly now: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** How files, and the older messages of a stream, are read in the background. */
export interface BackgroundOptions {
  readonly noCache?: boolean;
  readonly signal: AbortSignal;
  /** The longest time without a call to the desk; after that the read fails. */
  readonly maxWaitMs: number;
}

/** How a watched entry is kept fresh. */
export interface RefreshOptions {
  /** Ignore anything fetched before this moment. */
  readonly freshSince: number;
  readonly signal: AbortSignal;
}

/** The entries of one resource: from memory, from Redis, or from the desk. Independent of sessions and of HTTP. */
export class Cache<Query, State, Update, V extends View> {
  /** Subscriptions to reported changes, by id. */
  readonly changes = new Subscriptions();
  /** Subscriptions to updates of an entry, by id. */
  readonly updates = new Subscriptions();
  private readonly parts: LookupParts<Query, State, Update, V>;
  private readonly lookup: Lookup<Query, State, Update, V>;

  constructor(
    resource: Resource<Query, State, Update, V>,
    private readonly options: CacheOptions,
  ) {
    const { store, policy, now, random, maxBytes, turns, deadlineMs } = options;
    const entries = new Entries<State>(maxBytes, resource);
    const moments = new Moments(options);
    const onChange = (id: string) => {
      this.notifyChanged(id);
    };
    const onUpdate = (id: string) => {
      this.updates.notify(id);
    };
    const updater = new EntryUpdater({ resource, store, policy, now, moments, onChange, onUpdate });
    const flights = new SingleFlight(store, now, random, turns);
    const copies = new HeldCopies({ resource, updater, moments, store, now });
    const revalidation = new Revalidation({ ...options, entries });
    this.parts = { resource, entries, updater, flights, moments, now, copies, revalidation, policy, deadlineMs };
    this.lookup = new Lookup(this.parts);
  }

  /** A fresh view from memory, without any wait; undefined if there is none. */
  peek(id: string, query: Query): Result<V> | undefined {
    const entry = this.parts.entries.get(id);
    return entry && this.lookup.peek(entry, query);
  }

  /** What this process or Redis holds, however old. Never asks the desk. */
  async find(id: string, query: Query): Promise<V | undefined> {
    return this.entered(id, async (entry) => {
      await this.parts.copies.checkIfDue(entry, query);
      return this.parts.copies.view(entry, query);
    });
  }

  /** @throws DeskError, or any error of our own code */
  async read(id: string, query: Query, options: ReadOptions = {}): Promise<Result<V>> {
    return this.entered(id, (entry) => this.lookup.run(entry, query, options));
  }

  /**
   * A view that the resource accepts as fresh enough, from calls that give way to interactive ones.
   * Waiting for a turn, or for a rate limit to pass, is no failure.
   * @throws DeskError
   */
  async readInBackground(
    id: string,
    query: Query,
    { noCache = false, signal, maxWaitMs }: BackgroundOptions,
  ): Promise<V> {
    const { now } = this.parts;
    return this.entered(id, async (entry) => {
      await this.parts.copies.checkIfDue(entry, query);
      return await retryWhileLimited(
        (turnMs) => this.lookup.load(entry, query, { signal, noCache, background: this.background(turnMs) }).run(),
        { maxWaitMs, now, signal, stopping: this.options.turns.stopping },
      );
    });
  }

  /**
   * What this process holds, however old; undefined if it holds nothing.
   * @throws DeskNotFoundError if the desk answered so
   */
  recall(id: string, query: Query): V | undefined {
    const entry = this.parts.entries.get(id);
    if (entry?.state instanceof NotFound) throw new DeskNotFoundError('not found');
    return entry && this.parts.copies.view(entry, query);
  }

  /**
   * Keeps an entry fresh, in background calls that give way to interactive ones and never lose their turn to a
   * deadline.
   * @throws DeskError
   */
  async refresh(id: string, query: Query, options: RefreshOptions): Promise<void> {
    return this.entered(id, async (entry) => {
      await this.lookup
        .load(entry, query, { ...options, hasFallback: true, background: this.background(Infinity) })
        .run();
    });
  }

  /**
   * Calls back with the version's key when any replica has updated an entry. undefined if there are no other replicas.
   */
  onVersion(listener: (versionKey: string) => void): RedisChannel | undefined {
    return this.options.store.onVersion(listener);
  }

  versionKey(id: string): string {
    return this.options.store.keys(id).version;
  }

  /** Loads from Redis what other replicas have updated. */
  async catchUp(id: string, query: Query): Promise<void> {
    const { updater } = this.parts;
    if (!this.options.store.isUp) return;
    return this.entered(id, async (entry) => {
      if (entry.pendingWrites === 0) await updater.mergeStored(entry, query, { wantsParts: false });
    });
  }

  /** Keeps the entry in memory during the work. */
  private async entered<T>(id: string, work: (entry: Entry<State>) => Promise<T>): Promise<T> {
    const { entries } = this.parts;
    const entry = entries.enter(id);
    try {
      return await work(entry);
    } finally {
      entries.leave(entry);
    }
  }

  private background(turnMs: number): Background {
    return { turnMs, callMs: this.options.deadlineMs };
  }

  /** Everything held of this id is stale from now on. The number of the change is not known yet. */
  invalidate(id: string): void {
    const entry = this.parts.entries.get(id);
    entry?.raiseChange(entry.change + 1, this.options.now());
    this.forceCheck(entry);
    this.notifyChanged(id);
  }

  /** The number of a reported change. */
  raiseChange(id: string, change: number): void {
    const entry = this.parts.entries.get(id);
    const isKnown = entry !== undefined && !entry.raiseChange(change, this.options.now());
    this.forceCheck(entry);
    if (!isKnown) this.notifyChanged(id);
  }

  private notifyChanged(id: string): void {
    this.changes.notify(id);
  }

  /** Compares with Redis at the next read: another replica may have fetched it already. */
  private forceCheck(entry: Entry<State> | undefined): void {
    if (entry !== undefined) entry.checkedAt = 0;
  }
}
