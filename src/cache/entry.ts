import { type Span } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import { type CallPriority } from '../desk/call-options.js';
import { type Level } from './result.js';
import { type Arrived, type Basis } from './freshness.js';
import { HEAD, type StoredWrite } from './redis-store.js';
import { type StoredValue } from './stored-value.js';

const KIND = 'not-found';

/** The desk does not have what was asked for. Replaces whatever was held. */
export class NotFound implements Arrived {
  constructor(
    readonly askedAt: number,
    readonly lifetimeMs: number,
    readonly arrivedAt: number,
    readonly basis?: Basis,
  ) {}

  static read({ kind, askedAt, lifetimeMs, basis }: StoredValue, arrivedAt = askedAt): NotFound | undefined {
    return kind === KIND ? new NotFound(askedAt, lifetimeMs, arrivedAt, basis) : undefined;
  }

  get write(): StoredWrite {
    const { askedAt, lifetimeMs, basis } = this;
    const payload = Buffer.alloc(0);
    return { name: HEAD, kind: KIND, fields: {}, payload, askedAt, lifetimeMs, basis, keptMs: lifetimeMs };
  }
}

/** `asked`: this flight asked the desk · `joined`: it waited for another replica that did. */
export type FlightResult = 'asked' | 'joined';

/** A fetch in flight, and how many requests of this process wait for it. */
export interface Flight {
  readonly end: Promise<FlightResult>;
  readonly priority: CallPriority;
  readonly abandon: AbortController;
  /** Span of the request that started it. */
  readonly span: Span | undefined;
  waiting: number;
}

/** Memory of an entry besides its state: the object, its key, its maps. */
const OVERHEAD_BYTES = 1000;

/** One cached entry of this process: its state and the fetches in flight. */
export class Entry<State> {
  state: State | NotFound | undefined;
  /** The version in Redis that `state` includes; a different one there means that another replica has updated it. */
  version = '';
  /** When `state` was last compared with Redis, and the comparison in progress. */
  checkedAt = 0;
  check: Promise<Level> | undefined;
  /** The number of the newest known change, and when this process received it. */
  change = 0;
  changedAt = 0;
  /** Writes to Redis in progress: until they end, Redis holds an older state than this process. */
  pendingWrites = 0;
  /** A background refresh is in progress. */
  isRevalidating = false;
  /** When the next refresh may be tried after a failed one. */
  retryAt = 0;
  readonly flights = new Map<string, Flight>();
  users = 0;

  constructor(readonly id: string) {}

  /** @returns whether the number is newer than the one known before */
  raiseChange(change: number, at: number): boolean {
    if (change <= this.change) return false;
    this.change = change;
    this.changedAt = at;
    return true;
  }
}

/** The largest share of the memory for one entry; a larger one would evict all others, also those just used. */
const MAX_SHARE = 0.8;

/** What the entries need to know of their states. */
export interface StateSize<State> {
  byteLength(state: State): number;
  trim?(state: State, maxBytes: number): State;
}

/** The entries of this process, an LRU bounded in bytes. An entry in use is never evicted. */
export class Entries<State> {
  private readonly cache: LRUCache<string, Entry<State>> | undefined;
  private readonly inUse = new Map<string, Entry<State>>();

  constructor(
    private readonly maxBytes: number,
    private readonly size: StateSize<State>,
  ) {
    // lru-cache takes 0 for "no bound"; here it means that nothing is kept.
    this.cache = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes }) : undefined;
  }

  get(id: string): Entry<State> | undefined {
    return this.inUse.get(id) ?? this.cache?.get(id);
  }

  /** The entry of this id, protected from eviction until `leave`. */
  enter(id: string): Entry<State> {
    return this.hold(this.get(id) ?? new Entry<State>(id));
  }

  /** Keeps the entry in memory. Every `enter` and every `hold` needs a `leave`. */
  hold(entry: Entry<State>): Entry<State> {
    entry.users += 1;
    this.inUse.set(entry.id, entry);
    return entry;
  }

  leave(entry: Entry<State>): void {
    entry.users -= 1;
    if (entry.users > 0) return;
    this.inUse.delete(entry.id);
    if (entry.state === undefined) return;
    this.cache?.set(entry.id, entry, { size: this.trim(entry) + OVERHEAD_BYTES });
  }

  /** @returns the bytes that are left */
  private trim(entry: Entry<State>): number {
    const { state } = entry;
    if (state === undefined || state instanceof NotFound) return 0;
    const bytes = this.size.byteLength(state);
    const maxBytes = this.maxBytes * MAX_SHARE;
    if (this.size.trim === undefined || bytes <= maxBytes) return bytes;
    const trimmed = this.size.trim(state, maxBytes);
    entry.state = trimmed;
    return this.size.byteLength(trimmed);
  }
}
