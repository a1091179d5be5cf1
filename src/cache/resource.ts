import { type CallOptions } from '../desk/call-options.js';
import { type Arrived, type Basis, type Moment } from './freshness.js';
import { type StoredEntry, type StoredWrite } from './redis-store.js';
import { type View } from './result.js';

/** One thing to ask of the desk. */
export interface Fetch<Update> {
  /** One flight of a name at a time for an entry, over all replicas; the name of the part that it brings. */
  readonly name: string;
  readonly run: (options: CallOptions, basis: Basis) => Promise<Update>;
}

/** What a load does next: it has its view, or lacks something. */
export type Step<Update, V> = { readonly view: V } | { readonly fetches: readonly Fetch<Update>[] };

/** What a load knows when it decides about its next step. */
export interface LoadContext {
  readonly moment: Moment;
  /** Fresh; or asked for while this load went on, which is fresh for it, however short lifetimes are. */
  readonly isUsable: (part: Arrived) => boolean;
  /** The fetches that this load has behind it. */
  readonly tried: ReadonlySet<string>;
}

/** A state with an answer of the desk in it, and what of that is new for the other replicas. */
export interface Merged<State> {
  /** undefined where the answer says nothing that can be kept. */
  readonly state: State | undefined;
  readonly writes: readonly StoredWrite[];
}

/** How what Redis holds is taken in. */
export interface RestoreContext<Query> {
  readonly query: Query;
  readonly now: number;
  /** The part that another replica asked for while this one waited: it counts as having arrived now. */
  readonly waitedFor: string | undefined;
}

/** One kind of cached thing, as the cache needs to know it: what its state is, and how that is shown, asked and stored. */
export interface Resource<Query, State, Update, V extends View> {
  /** What a query gets to see, however old; undefined where a part of it is missing. */
  view(state: State, query: Query, moment: Moment): V | undefined;
  /** @param state undefined where nothing that counts is held */
  next(id: string, query: Query, state: State | undefined, context: LoadContext): Step<Update, V>;
  merge(id: string, state: State | undefined, update: Update): Merged<State>;
  /** Joins what this process holds with what Redis holds, the newer winning. */
  restore(mine: State | undefined, stored: StoredEntry, context: RestoreContext<Query>): State | undefined;
  /** The stored values that a query needs beside the head. */
  storedNames(state: State, query: Query): readonly string[];
  /** When the desk was asked for what the head says. */
  askedAt(state: State): number;
  parts(state: State): Iterable<Arrived>;
  /** What holding this costs in memory, roughly. */
  byteLength(state: State): number;
  /** The state reduced to this size; absent where states are small, or needed as a whole. */
  trim?(state: State, maxBytes: number): State;
}
