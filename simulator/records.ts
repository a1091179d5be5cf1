import { isObject, type JsonObject } from './json-object.js';
import { type RecordsRequest } from './records-request.js';
import { type EmptyPage } from './session.js';
import { type Sessions } from './sessions.js';
import { ownRecords } from './sessions/own-records.js';

/** The session records that the desk lists: those of its own sessions, or those that a test has set. */
export class Records {
  private given: readonly unknown[] | undefined;
  private own: ((nowMs: number) => readonly unknown[]) | undefined;
  private startMs: number;
  /** The TotalCount of answers; undefined for the true one. */
  claimedTotal: number | undefined;
  emptyPage: EmptyPage = 'list';

  constructor(
    private readonly sessions: Sessions,
    private readonly now: () => number,
  ) {
    this.startMs = now();
  }

  page(asked: RecordsRequest): JsonObject {
    const found = this.all().filter((record) => isAskedFor(record, asked));
    const page = found.slice(asked.offset, asked.offset + asked.limit);
    const total = { TotalCount: this.claimedTotal ?? found.length };
    if (page.length > 0 || this.emptyPage === 'list') return { ...total, IMCdrList: page };
    return this.emptyPage === 'null' ? { ...total, IMCdrList: null } : total;
  }

  all(): readonly unknown[] {
    if (this.given) return this.given;
    // Thousands, and most tests never ask for one.
    this.own ??= ownRecords((id) => this.sessions.find(id), this.startMs);
    return this.own(this.now());
  }

  /** In the order in which they are answered, and unchecked: a test may want invalid ones. */
  set(records: readonly unknown[]): void {
    this.given = [...records];
  }

  reset(): void {
    this.given = undefined;
    this.own = undefined;
    this.startMs = this.now();
    this.claimedTotal = undefined;
    this.emptyPage = 'list';
  }
}

/** A record without a time, or that is no object, belongs to every period. */
function isAskedFor(record: unknown, { from, to, clientId }: RecordsRequest): boolean {
  const { Timestamp: at, ClientUserId: client } = isObject(record) ? record : {};
  if (typeof at === 'number' && (at < from || at > to)) return false;
  return clientId === undefined || client === clientId;
}
