import { describe, expect, it } from '@jest/globals';
import { CallPriority } from '../desk/call-options.js';
import { freshness } from '../../test/transcripts-rig.js';
import { Moment } from './freshness.js';
import { keyedValues, type KeyedValue } from './keyed-value.js';
import { HEAD, type StoredEntry, type StoredWrite } from './redis-store.js';
import { type LoadContext, type RestoreContext } from './resource.js';

const at = (now: number) => new Moment(now, 0, false, freshness);

const NOW = 1_000_000;
const asked: string[] = [];

const values = keyedValues<string, string>({
  policy: freshness,
  fetch: (id, query) => {
    asked.push(`${id} ${query}`);
    return Promise.resolve({ value: `answer to ${query}`, askedAt: NOW });
  },
  lifetimeMs: (value, askedAt, query) => (query === 'short' ? 1 : 5000 + value.length + askedAt - NOW),
  encode: (value) => Buffer.from(value),
  decode: (payload) => (payload.includes('poison') ? undefined : payload.toString()),
  byteLength: (value) => value.length,
  now: () => NOW + 30,
});

const held = (askedAt: number, value = 'mine'): KeyedValue<string> => ({
  value,
  askedAt,
  arrivedAt: askedAt,
  lifetimeMs: 5000,
});

const usable: LoadContext = { moment: at(NOW), isUsable: () => true, tried: new Set() };
const basis = { change: 0, mayLag: false };
const callOptions = { deadlineAt: NOW, priority: new CallPriority(false), signal: new AbortController().signal };

function stored(askedAt: number, payload: string, change: Partial<StoredWrite> = {}): StoredEntry {
  const head = { kind: 'value', fields: {}, payload: Buffer.from(payload), askedAt, lifetimeMs: 5000, ...change };
  return { version: 'v', head, parts: new Map() };
}

const context: RestoreContext<string> = { query: 'q', now: NOW, waitedFor: undefined };
const restored = (mine: KeyedValue<string> | undefined, entry: StoredEntry, change = {}) =>
  values.restore(mine, entry, { ...context, ...change });

describe('a keyed value', () => {
  it('is shown with its remaining freshness, and with its state', () => {
    const state = held(NOW - 1000);
    expect(values.view(state, 'q', at(NOW))).toEqual({
      value: 'mine',
      state,
      lifetimeMs: 5000,
      ageMs: 1000,
      remainingMs: 4000,
    });
    expect(values.view(state, 'q', at(NOW + 9000))).toMatchObject({ remainingMs: -5000 });
  });

  it('is fetched once under its one name when none is usable', async () => {
    const step = values.next('id', 'q', held(NOW), { ...usable, isUsable: () => false });
    const [fetch, ...others] = 'fetches' in step ? step.fetches : [];
    expect([fetch?.name, others]).toEqual([HEAD, []]);
    expect(await fetch?.run(callOptions, basis)).toEqual({
      value: 'answer to q',
      askedAt: NOW,
      arrivedAt: NOW + 30,
      lifetimeMs: 5011,
      basis,
    });
    expect(asked).toEqual(['id q']);
  });

  it('is not fetched when a usable one is held', () => {
    expect(values.next('id', 'q', held(NOW), usable)).toMatchObject({ view: { value: 'mine' } });
    expect(values.next('id', 'q', undefined, usable)).toHaveProperty('fetches');
  });

  it('is replaced by the next answer, and kept in Redis until its stale phases are over', () => {
    const update = held(NOW, 'new');
    expect(values.merge('id', held(NOW - 1), update)).toEqual({
      state: update,
      writes: [
        {
          ...{ name: HEAD, kind: 'value', fields: {}, payload: Buffer.from('new') },
          ...{ askedAt: NOW, lifetimeMs: 5000, keptMs: 315_000 },
        },
      ],
    });
  });
});

describe('what Redis holds of it', () => {
  it('is used if it is newer or the only one', () => {
    const newer = { value: 'theirs', askedAt: NOW, arrivedAt: NOW, lifetimeMs: 5000 };
    expect(restored(undefined, stored(NOW, 'theirs'))).toEqual(newer);
    expect(restored(held(NOW - 1), stored(NOW, 'theirs'))).toEqual(newer);
  });

  it('is ignored if the held one is newer', () => {
    const mine = held(NOW);
    expect(restored(mine, stored(NOW - 1, 'theirs'))).toBe(mine);
  });

  it('counts as just received when this replica waited for it: then it is fresh for the waiting request, however old', () => {
    const old = stored(NOW - 9000, 'theirs');
    expect(restored(undefined, old, { waitedFor: HEAD })).toMatchObject({ askedAt: NOW - 9000, arrivedAt: NOW });
    expect(restored(undefined, old)).toMatchObject({ arrivedAt: NOW - 9000 });
  });

  it('is a miss if it is absent, of another kind, or malformed', () => {
    const absent = { version: 'v', head: undefined, parts: new Map() };
    for (const entry of [absent, stored(NOW, 'x', { kind: 'log' }), stored(NOW, 'poison')]) {
      const mine = held(NOW - 1);
      expect(restored(undefined, entry)).toBeUndefined();
      expect(restored(mine, entry)).toBe(mine);
    }
  });
});
