import { type Clock } from '../clock.js';
import { DeskNotFoundError } from '../desk/desk-error.js';
import { type Entry, NotFound } from './entry.js';
import { type Moments } from './freshness.js';
import { type EntryUpdater, type RedisRead } from './entry-updater.js';
import { type RedisStore } from './redis-store.js';
import { type Resource } from './resource.js';
import { type Level, type View } from './result.js';

/** A copy in memory that is older than this is compared with Redis, so that all replicas soon serve the same. */
const CHECK_MS = 2000;

export interface HeldCopiesParts<Query, State, Update, V extends View> {
  readonly resource: Resource<Query, State, Update, V>;
  readonly updater: EntryUpdater<Query, State, Update, V>;
  readonly moments: Moments;
  readonly store: RedisStore;
  readonly now: Clock;
}

/** The entries that this process holds, kept up to date with Redis. */
export class HeldCopies<Query, State, Update, V extends View> {
  constructor(private readonly parts: HeldCopiesParts<Query, State, Update, V>) {}

  /** undefined if the query needs more than is held. */
  view(entry: Entry<State>, query: Query): V | undefined {
    const { state } = entry;
    if (state === undefined || state instanceof NotFound) return undefined;
    return this.parts.resource.view(state, query, this.parts.moments.of(entry));
  }

  needsCheck(entry: Entry<State>): boolean {
    const { store, now } = this.parts;
    if (entry.pendingWrites > 0 || !store.isUp) return false;
    return now() - entry.checkedAt >= CHECK_MS;
  }

  /** Updates the held entry from Redis; concurrent callers share one comparison. */
  check(entry: Entry<State>, query: Query, read: RedisRead): Promise<Level> {
    const check = this.checkOnce(entry, query, read).finally(() => {
      if (entry.check === check) entry.check = undefined;
    });
    entry.check = check;
    return check;
  }

  /** As `check`, if a comparison is due and none is in progress. */
  async checkIfDue(entry: Entry<State>, query: Query): Promise<void> {
    if (this.needsCheck(entry)) await (entry.check ?? this.check(entry, query, { wantsParts: true }));
  }

  /** @throws DeskNotFoundError while that answer is fresh */
  throwIfNotFound(entry: Entry<State>): void {
    const { state } = entry;
    if (state instanceof NotFound && this.parts.moments.of(entry).remainingMs(state) > 0)
      throw new DeskNotFoundError('not found');
  }

  /** @returns the cache level of the view */
  private async checkOnce(entry: Entry<State>, query: Query, read: RedisRead): Promise<Level> {
    const before = entry.state;
    await this.parts.updater.mergeStored(entry, query, read);
    return entry.state === before ? 'memory' : 'redis';
  }
}
