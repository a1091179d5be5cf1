import { beforeEach, describe, expect, it } from '@jest/globals';
import { defaults, storeOptions } from '../../test/transcripts-rig.js';
import { DeskFailedError, DeskNotFoundError, DeskRateLimitedError } from '../desk/desk-error.js';
import { RedisLink } from '../redis/redis-link.js';
import { Entry, NotFound } from './entry.js';
import { EntryUpdater } from './entry-updater.js';
import { Moments } from './freshness.js';
import { HEAD, RedisStore, type StoredEntry, type StoredRead } from './redis-store.js';
import { type Resource } from './resource.js';
import { type StoredValue } from './stored-value.js';
import { type View } from './result.js';

/** Texts, each with a head and, if the head says so, a part of its own. */
interface Sample {
  readonly askedAt: number;
  readonly head: string;
  readonly part: string | undefined;
}

interface SampleView extends View {
  readonly text: string;
}

const resource: Resource<string, Sample, Sample, SampleView> = {
  view: ({ head, part }) =>
    part === undefined ? undefined : { text: head + part, lifetimeMs: 1, ageMs: 0, remainingMs: 1 },
  next: () => ({ fetches: [] }),
  merge: (_id, _state, update) => ({ state: update, writes: [{ ...valueOf(update), name: HEAD, keptMs: 1000 }] }),
  restore: (mine, { head, parts }) => {
    const state = head === undefined ? mine : { askedAt: head.askedAt, head: String(head.payload), part: undefined };
    const part = parts.get(`part of ${state?.head ?? ''}`);
    return state === undefined || part === undefined ? state : { ...state, part: String(part.payload) };
  },
  storedNames: ({ head }) => [`part of ${head}`],
  askedAt: ({ askedAt }) => askedAt,
  parts: () => [],
  byteLength: () => 1,
};

function valueOf({ head, askedAt }: Omit<Sample, 'part'>): StoredValue {
  return { kind: 'sample', fields: {}, payload: Buffer.from(head), askedAt, lifetimeMs: 1000 };
}

const NOW = 1_000_000;
const now = () => NOW;

/** Sends prepared answers, and records what was asked for. */
class ScriptedStore extends RedisStore {
  version = 'v1';
  head: StoredValue | undefined;
  readonly values = new Map<string, StoredValue>();
  readonly reads: StoredRead[] = [];

  constructor() {
    super(new RedisLink(undefined), storeOptions({ keyPrefix: 'test', policy: defaults, now }));
  }

  override read(_id: string, read: StoredRead): Promise<StoredEntry> {
    this.reads.push(read);
    const isSame = read.knownVersion === this.version;
    const parts = [...this.values].filter(([name]) => read.names.includes(name) && (!isSame || read.wantsParts));
    return Promise.resolve({ version: this.version, head: isSame ? undefined : this.head, parts: new Map(parts) });
  }
}

describe('EntryUpdater', () => {
  let store: ScriptedStore;
  let updater: EntryUpdater<string, Sample, Sample, SampleView>;
  let entry: Entry<Sample>;
  let changed: string[];

  beforeEach(() => {
    store = new ScriptedStore();
    changed = [];
    updater = new EntryUpdater({
      resource,
      store,
      policy: defaults,
      now,
      moments: new Moments({ policy: defaults, now, isReporting: () => false }),
      onUpdate: () => undefined,
      onChange: (id) => changed.push(id),
    });
    entry = new Entry('id');
  });

  const mergeStored = (waitedFor?: string) => updater.mergeStored(entry, 'query', { wantsParts: true, waitedFor });
  const held = (askedAt: number): Sample => ({ askedAt, head: 'mine', part: ' all' });

  it('stores an answer of the desk, and returns the update for other replicas', () => {
    const writes = updater.mergeAnswer(entry, held(5));
    expect(entry.state).toEqual(held(5));
    expect(writes).toMatchObject([{ name: HEAD, askedAt: 5 }]);
  });

  describe('of Redis', () => {
    it('reads the parts of a head once it has that, and nothing twice', async () => {
      store.head = valueOf({ head: 'theirs', askedAt: 7 });
      store.values.set('part of theirs', valueOf({ head: ' part', askedAt: 7 }));
      expect(await mergeStored()).toBe(true);
      expect(entry).toMatchObject({ version: 'v1', checkedAt: NOW, state: { head: 'theirs', part: ' part' } });
      expect(store.reads.map(({ names }) => names)).toEqual([[], ['part of theirs']]);
      await mergeStored();
      expect(store.reads.map(({ names }) => names).slice(2)).toEqual([['part of theirs']]);
    });

    it('stores that an entry is not found, or is back, whichever is newer', async () => {
      const gone = new NotFound(3, 5000, 3);
      const stays = held(4);
      entry.state = held(2);
      store.head = gone.write;
      await mergeStored();
      expect(entry.state).toMatchObject({ askedAt: 3, lifetimeMs: 5000, arrivedAt: 3 });
      expect(entry.state).toBeInstanceOf(NotFound);

      entry = new Entry('id');
      entry.state = gone;
      store.head = valueOf({ head: 'back', askedAt: 4 });
      await mergeStored();
      expect(entry.state).toMatchObject({ head: 'back' });

      entry = new Entry('id');
      entry.state = stays;
      store.head = gone.write;
      await mergeStored();
      expect(entry.state).toBe(stays);

      entry = new Entry('id');
      entry.state = gone;
      store.head = valueOf({ head: 'old', askedAt: 2 });
      await mergeStored();
      expect(entry.state).toBe(gone);
    });

    it('counts a stored not-found as just received when this request waited for it', async () => {
      store.head = new NotFound(3, 5000, 3).write;
      await mergeStored(HEAD);
      expect(entry.state).toMatchObject({ askedAt: 3, arrivedAt: NOW });
    });

    it('keeps what it holds when Redis has lost everything', async () => {
      const mine = held(2);
      entry.state = mine;
      await mergeStored();
      expect(entry.state).toBe(mine);
      const gone = (entry.state = new NotFound(3, 5000, 3));
      entry.version = '';
      await mergeStored();
      expect(entry.state).toBe(gone);
    });
  });

  describe('of a failure', () => {
    it('replaces the held state when the entry is not found, and tells the other replicas', () => {
      entry.state = held(2);
      const { writes, pauseMs } = updater.mergeFailure(entry, new DeskNotFoundError('not found'), undefined);
      expect(entry.state).toMatchObject({ askedAt: NOW, lifetimeMs: defaults.notFoundMs });
      expect(writes).toMatchObject([{ name: HEAD, kind: 'not-found', keptMs: defaults.notFoundMs }]);
      expect(pauseMs).toBe(0);
    });

    it('keeps the held state at any other failure, and pauses refreshes for a while', () => {
      const mine = held(2);
      entry.state = mine;
      expect(updater.mergeFailure(entry, new DeskFailedError('failed'), undefined)).toEqual({
        writes: [],
        pauseMs: 2000,
      });
      const limited = new DeskRateLimitedError('limited', { retryAfterMs: 9000 });
      expect(updater.mergeFailure(entry, limited, undefined)).toEqual({ writes: [], pauseMs: 9000 });
      expect(entry.state).toBe(mine);
    });
  });
});
