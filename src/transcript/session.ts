import { LRUCache } from 'lru-cache';
import { type Level } from './reading.js';
import { type Interest } from './interest.js';
import { byteLengthOf, type Known, type WindowAnswer } from './known.js';

/** What an entry costs beside its messages: the object, its key, its maps. */
const OVERHEAD_BYTES = 1000;

/** Something that is asked for just now, and who waits for it. */
export interface Flight {
  readonly end: Promise<void>;
  readonly interest: Interest;
}

/** One session in this process: what is known of it, and who is asking for more just now. */
export class Session {
  known: Known | undefined;
  /** The token of the last write to Redis that `known` takes in; another one there means that someone learned more. */
  version = '';
  /** When `known` was last compared with Redis, and the comparison under way. */
  checkedAt = 0;
  check: Promise<Level> | undefined;
  /** Writes to Redis under way: until they are done, what lies there is older than what is known here. */
  settling = 0;
  /** A refresh is under way in the background. */
  isRefreshing = false;
  /** After a refresh failed, when the next may be tried. */
  retryAt = 0;
  readonly flights = new Map<string, Flight>();
  /** Windows that could not be fitted into the log: for those who wait for them now, and nobody later. */
  readonly passing = new Map<string, WindowAnswer>();
  users = 0;

  constructor(readonly id: string) {}
}

/** The sessions of this process: bounded in bytes, but never without one that is in use. */
export class Sessions {
  private readonly cache: LRUCache<string, Session> | undefined;
  private readonly inUse = new Map<string, Session>();

  constructor(maxBytes: number) {
    // lru-cache reads 0 as "no bound"; here it means that nothing is kept.
    this.cache = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes }) : undefined;
  }

  get(id: string): Session | undefined {
    return this.inUse.get(id) ?? this.cache?.get(id);
  }

  /** Every `enter` needs a `leave`. */
  enter(id: string): Session {
    const session = this.get(id) ?? new Session(id);
    session.users += 1;
    this.inUse.set(id, session);
    return session;
  }

  leave(session: Session): void {
    session.users -= 1;
    if (session.users > 0) return;
    this.inUse.delete(session.id);
    session.passing.clear();
    if (session.known === undefined) return;
    this.cache?.set(session.id, session, { size: byteLengthOf(session.known) + OVERHEAD_BYTES });
  }
}
