import { type CallOptions } from '../desk/call-options.js';
import { type Arrived, type FreshnessPolicy, keptMs, remainingMs } from './freshness.js';
import { HEAD } from './redis-store.js';
import { type Resource } from './resource.js';
import { type View } from './result.js';

/** One value under one key: whole, and replaced by the next answer. */
export interface KeyedValue<T> extends Arrived {
  readonly value: T;
}

export interface KeyedView<T> extends View {
  readonly value: T;
  /** The state that this is a view of: another answer is another object. */
  readonly of: KeyedValue<T>;
}

/** What a kind of value has of its own. */
export interface KeyedValueParts<Query, T> {
  readonly policy: FreshnessPolicy;
  readonly fetch: (id: string, query: Query, options: CallOptions) => Promise<{ value: T; askedAt: number }>;
  readonly lifetimeMs: (value: T, askedAt: number, query: Query) => number;
  readonly encode: (value: T) => Buffer;
  /** undefined for what `encode` did not write. */
  readonly decode: (payload: Buffer) => T | undefined;
  readonly byteLength: (value: T) => number;
  readonly now: () => number;
}

const KIND = 'value';

/** The simplest resource: its head is all there is. */
export function keyedValues<Query, T>(
  parts: KeyedValueParts<Query, T>,
): Resource<Query, KeyedValue<T>, KeyedValue<T>, KeyedView<T>> {
  const viewOf = (state: KeyedValue<T>, now: number): KeyedView<T> => ({
    value: state.value,
    of: state,
    lifetimeMs: state.lifetimeMs,
    remainingMs: remainingMs(state, now),
  });
  return {
    view: (state, _query, now) => viewOf(state, now),
    next: (id, query, state, { isUsable, now }) => {
      if (state !== undefined && isUsable(state)) return { view: viewOf(state, now) };
      const run = async (options: CallOptions): Promise<KeyedValue<T>> => {
        const { value, askedAt } = await parts.fetch(id, query, options);
        return { value, askedAt, arrivedAt: parts.now(), lifetimeMs: parts.lifetimeMs(value, askedAt, query) };
      };
      return { fetches: [{ name: HEAD, run }] };
    },
    merge: (_id, _state, update) => {
      const { value, askedAt, lifetimeMs } = update;
      const kept = keptMs(parts.policy, lifetimeMs);
      const write = { name: HEAD, kind: KIND, fields: {}, payload: parts.encode(value), askedAt, lifetimeMs };
      return { state: update, writes: [{ ...write, keptMs: kept }] };
    },
    restore: (mine, { head }, { now, waitedFor }) => {
      if (head === undefined || head.kind !== KIND || (mine !== undefined && mine.askedAt > head.askedAt)) return mine;
      const { askedAt, lifetimeMs, payload } = head;
      const value = parts.decode(payload);
      const arrivedAt = waitedFor === HEAD ? now : askedAt;
      return value === undefined ? mine : { value, askedAt, lifetimeMs, arrivedAt };
    },
    storedNames: () => [],
    askedAt: (state) => state.askedAt,
    parts: (state) => [state],
    byteLength: (state) => parts.byteLength(state.value),
  };
}
