import { type Clock } from '../clock.js';
import { type DeskError, DeskNotFoundError } from '../desk/desk-error.js';
import { type Entry, NotFound } from './entry.js';
import { type Basis, type FreshnessPolicy, type Moments } from './freshness.js';
import { type FlightLock } from './flight-lock.js';
import { HEAD, type RedisStore, type StoredEntry, type StoredWrite } from './redis-store.js';
import { type Resource, type RestoreContext } from './resource.js';
import { type View } from './result.js';

export interface EntryUpdaterParts<Query, State, Update, V extends View> {
  readonly resource: Resource<Query, State, Update, V>;
  readonly store: RedisStore;
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly moments: Moments;
  /** Redis has a newer change number, whose notice did not arrive. */
  readonly onChange: (id: string) => void;
  /** The state of an entry has changed. */
  readonly onUpdate: (id: string) => void;
}

export interface RedisRead {
  /** Read the parts of the query even though the version has not changed since the last read. */
  readonly wantsParts: boolean;
  /** The part that another replica fetched while this one waited. */
  readonly waitedFor?: string | undefined;
  /** To be taken if nothing is stored. */
  readonly lock?: FlightLock | undefined;
}

interface ReadOnce<Query> extends RedisRead {
  readonly query: Query;
  readonly names: readonly string[];
}

/** The longest pause after a failed refresh. */
const MAX_FAILURE_PAUSE_MS = 5000;

/** The one place where an entry's state changes: by an answer of the desk, by its failure, by what Redis holds. */
export class EntryUpdater<Query, State, Update, V extends View> {
  constructor(private readonly parts: EntryUpdaterParts<Query, State, Update, V>) {}

  /** @returns the update for the other replicas */
  mergeAnswer(entry: Entry<State>, update: Update): readonly StoredWrite[] {
    const held = entry.state instanceof NotFound ? undefined : entry.state;
    const { state, writes } = this.parts.resource.merge(entry.id, held, update);
    if (state !== undefined) this.set(entry, state);
    return writes;
  }

  /** @returns the update for the other replicas, and how long they pause refreshes of the entry */
  mergeFailure(
    entry: Entry<State>,
    error: DeskError,
    askedOn: Basis | undefined,
  ): { writes: readonly StoredWrite[]; pauseMs: number } {
    if (!(error instanceof DeskNotFoundError)) return { writes: [], pauseMs: failurePauseMs(this.parts.policy, error) };
    const now = this.parts.now();
    // Ordinary freshness only: a new session may begin without a webhook.
    const basis = askedOn && { ...askedOn, mayLag: true };
    const notFound = new NotFound(now, this.parts.policy.notFoundMs, now, basis);
    this.set(entry, notFound);
    return { writes: [notFound.write], pauseMs: 0 };
  }

  /** @returns false while Redis is unavailable */
  async mergeStored(entry: Entry<State>, query: Query, { wantsParts, waitedFor, lock }: RedisRead): Promise<boolean> {
    const names = this.storedNames(entry, query);
    if (!(await this.read(entry, { query, names, wantsParts, waitedFor, lock }))) return false;
    // Which other values the query needs may be known only after the head is read.
    const more = this.storedNames(entry, query).filter((name) => !names.includes(name));
    return (
      more.length === 0 ||
      this.isHeld(entry, query) ||
      this.read(entry, { query, names: more, wantsParts: true, waitedFor })
    );
  }

  private async read(
    entry: Entry<State>,
    { query, names, wantsParts, waitedFor, lock }: ReadOnce<Query>,
  ): Promise<boolean> {
    const { store, now } = this.parts;
    const stored = await store.read(entry.id, { knownVersion: entry.version, names, wantsParts, claim: lock?.claim });
    entry.checkedAt = now();
    if (stored === undefined) return false;
    if (stored.hasLock === true) lock?.takenByRead();
    this.noteChange(entry, stored.change);
    entry.version = stored.version;
    const isNew = stored.head !== undefined || stored.parts.size > 0;
    if (isNew) this.set(entry, this.restore(entry.state, stored, { query, now: now(), waitedFor }));
    return true;
  }

  private set(entry: Entry<State>, state: State | NotFound | undefined): void {
    if (entry.state === state) return;
    entry.state = state;
    this.parts.onUpdate(entry.id);
  }

  /** Merges what is held here with what Redis holds; the newer wins. */
  private restore(mine: State | NotFound | undefined, stored: StoredEntry, context: RestoreContext<Query>) {
    const { resource } = this.parts;
    const { head } = stored;
    const isMineNewer = mine !== undefined && head !== undefined && head.askedAt < this.askedAt(mine);
    const notFound = head && NotFound.read(head, context.waitedFor === HEAD ? context.now : head.askedAt);
    if (notFound !== undefined) return isMineNewer ? mine : notFound;
    if (!(mine instanceof NotFound)) return resource.restore(mine, stored, context);
    return isMineNewer ? mine : (resource.restore(undefined, stored, context) ?? mine);
  }

  private noteChange(entry: Entry<State>, change: number | undefined): void {
    const { now, store, onChange } = this.parts;
    if (change !== undefined) {
      if (entry.raiseChange(change, now())) onChange(entry.id);
    } else if (now() - entry.changedAt > store.options.changeMs) {
      // The change number has expired in Redis: whatever was fetched before that change is stale by age.
      entry.change = 0;
    }
  }

  private askedAt(state: State | NotFound): number {
    return state instanceof NotFound ? state.askedAt : this.parts.resource.askedAt(state);
  }

  private storedNames({ state }: Entry<State>, query: Query): readonly string[] {
    return state === undefined || state instanceof NotFound ? [] : this.parts.resource.storedNames(state, query);
  }

  private isHeld(entry: Entry<State>, query: Query): boolean {
    const { state } = entry;
    if (state === undefined || state instanceof NotFound) return false;
    return this.parts.resource.view(state, query, this.parts.moments.of(entry)) !== undefined;
  }
}

/** How long a failed refresh is not repeated. */
export function failurePauseMs(policy: FreshnessPolicy, error: DeskError): number {
  const pauseMs = Math.min(policy.freshMinMs, MAX_FAILURE_PAUSE_MS);
  return error.code === 'upstream-rate-limited' ? Math.max(pauseMs, error.retryAfterMs ?? 0) : pauseMs;
}
