import { type CallOptions } from '../desk/call-options.js';
import { type Arrived, type Basis, type Moment } from './freshness.js';
import { type StoredEntry, type StoredWrite } from './redis-store.js';
import { type View } from './result.js';

/** One call to the desk. */
export interface Fetch<Update> {
  /** The name of the part it fetches: over all replicas, one flight of a name at a time for an entry. */
  readonly name: string;
  readonly run: (options: CallOptions, basis: Basis) => Promise<Update>;
}

/** The next step of a load: done with a view, or fetches to be made. */
export type Step<Update, V> = { readonly view: V } | { readonly fetches: readonly Fetch<Update>[] };

/** What a load knows when it decides about its next step. */
export interface LoadContext {
  readonly moment: Moment;
  /** Fresh, or fetched while this load went on: the latter is fresh for it, however short the lifetime. */
  readonly isUsable: (part: Arrived) => boolean;
  /** The fetches that this load has made. */
  readonly tried: ReadonlySet<string>;
}

/** A state merged with an answer of the desk, and the update for the other replicas. */
export interface Merged<State> {
  /** undefined if the answer holds nothing to be stored. */
  readonly state: State | undefined;
  readonly writes: readonly StoredWrite[];
}

/** How values from Redis are merged. */
export interface RestoreContext<Query> {
  readonly query: Query;
  readonly now: number;
  /** The part that another replica fetched while this one waited: it counts as just received. */
  readonly waitedFor: string | undefined;
}

/** One kind of cached resource: what its state is, and how that is shown, fetched and stored. */
export interface Resource<Query, State, Update, V extends View> {
  /** The view for a query, however old; undefined if a part of it is missing. */
  view(state: State, query: Query, moment: Moment): V | undefined;
  /** @param state undefined if nothing usable is held */
  next(id: string, query: Query, state: State | undefined, context: LoadContext): Step<Update, V>;
  merge(id: string, state: State | undefined, update: Update): Merged<State>;
  /** Merges what this process holds with what Redis holds; the newer wins. */
  restore(mine: State | undefined, stored: StoredEntry, context: RestoreContext<Query>): State | undefined;
  /** The stored values that a query needs besides the head. */
  storedNames(state: State, query: Query): readonly string[];
  /** When the head was fetched from the desk. */
  askedAt(state: State): number;
  parts(state: State): Iterable<Arrived>;
  /** Approximate memory of this state. */
  byteLength(state: State): number;
  /** The state reduced to this size; absent if states are small, or needed as a whole. */
  trim?(state: State, maxBytes: number): State;
}
