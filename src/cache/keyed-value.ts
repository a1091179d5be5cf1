import { type CallOptions } from '../desk/call-options.js';
import { type Arrived, type Basis, type FreshnessPolicy, keptMs, type Moment } from './freshness.js';
import { HEAD } from './redis-store.js';
import { type Resource } from './resource.js';
import { type View } from './result.js';

/** One value under one key, replaced as a whole by the next answer. */
export interface KeyedValue<T> extends Arrived {
  readonly value: T;
}

export interface KeyedView<T> extends View {
  readonly value: T;
  /** The state that this is a view of: another answer is another object. */
  readonly state: KeyedValue<T>;
}

/** What differs between kinds of values. */
export interface KeyedValueParts<Query, T> {
  readonly policy: FreshnessPolicy;
  readonly fetch: (id: string, query: Query, options: CallOptions) => Promise<{ value: T; askedAt: number }>;
  readonly lifetimeMs: (value: T, askedAt: number, query: Query) => number;
  readonly encode: (value: T) => Buffer;
  /** undefined for anything that `encode` did not write. */
  readonly decode: (payload: Buffer) => T | undefined;
  readonly byteLength: (value: T) => number;
  readonly now: () => number;
}

const KIND = 'value';

/** The simplest resource: its head is its whole state. */
export function keyedValues<Query, T>(
  parts: KeyedValueParts<Query, T>,
): Resource<Query, KeyedValue<T>, KeyedValue<T>, KeyedView<T>> {
  const viewOf = (state: KeyedValue<T>, moment: Moment): KeyedView<T> => ({
    value: state.value,
    state,
    ...moment.timesOf(state.lifetimeMs, [state]),
  });
  return {
    view: (state, _query, moment) => viewOf(state, moment),
    next: (id, query, state, { isUsable, moment }) => {
      if (state !== undefined && isUsable(state)) return { view: viewOf(state, moment) };
      const run = async (options: CallOptions, basis: Basis): Promise<KeyedValue<T>> => {
        const { value, askedAt } = await parts.fetch(id, query, options);
        const lifetimeMs = parts.lifetimeMs(value, askedAt, query);
        return { value, askedAt, arrivedAt: parts.now(), lifetimeMs, basis };
      };
      return { fetches: [{ name: HEAD, run }] };
    },
    merge: (_id, _state, update) => {
      const { value, askedAt, lifetimeMs, basis } = update;
      const kept = keptMs(parts.policy, lifetimeMs);
      const write = { name: HEAD, kind: KIND, fields: {}, payload: parts.encode(value), askedAt, lifetimeMs, basis };
      return { state: update, writes: [{ ...write, keptMs: kept }] };
    },
    restore: (mine, { head }, { now, waitedFor }) => {
      if (head === undefined || head.kind !== KIND || (mine !== undefined && mine.askedAt > head.askedAt)) return mine;
      const { askedAt, lifetimeMs, payload, basis } = head;
      const value = parts.decode(payload);
      const arrivedAt = waitedFor === HEAD ? now : askedAt;
      return value === undefined ? mine : { value, askedAt, lifetimeMs, arrivedAt, basis };
    },
    storedNames: () => [],
    askedAt: (state) => state.askedAt,
    parts: (state) => [state],
    byteLength: (state) => parts.byteLength(state.value),
  };
}
