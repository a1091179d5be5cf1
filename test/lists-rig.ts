import { pino } from 'pino';
import { type CacheOptions } from '../src/cache/cache.js';
import { type ReadOptions } from '../src/cache/lookup.js';
import { type FreshnessPolicy } from '../src/cache/freshness.js';
import { RedisStore } from '../src/cache/redis-store.js';
import { plainText } from '../src/cache/stored-value.js';
import { type Clock } from '../src/clock.js';
import { type DeskReply } from '../src/desk/attempt.js';
import { type DeskCommand } from '../src/desk/commands/command.js';
import { type DeskError } from '../src/desk/desk-error.js';
import { isJsonObject, type JsonObject } from '../src/json.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { type ListResult, SessionLists } from '../src/sessions/list/session-lists.js';
import { renderSessions } from '../src/sessions/list/sessions-page.js';
import { type SessionsQuery } from '../src/sessions/list/sessions-request.js';
import { freshness, turnsAtOnce } from './transcripts-rig.js';

/** A quarter of a minute past twelve. */
export const START = Date.UTC(2026, 0, 1, 12, 0, 15);

/** What a cache of this process needs, without Redis and with a simulated clock. */
export function cacheOptions(now: Clock, policy: FreshnessPolicy = freshness): CacheOptions {
  const link = new RedisLink(undefined);
  const random = () => 0;
  const versionMs = 60_000;
  const keyed = {
    keyPrefix: 'test',
    resource: 'sessions',
    cipher: plainText,
    versionMs,
    changeMs: 180_000,
    now,
    random,
  };
  const logger = pino({ level: 'silent' });
  const store = new RedisStore(link, keyed);
  const isReporting = () => false;
  return {
    store,
    maxBytes: 10_000_000,
    policy,
    isReporting,
    deadlineMs: 10_000,
    turns: turnsAtOnce(),
    now,
    random,
    logger,
  };
}

/** A desk in this process that lists this many records, `s0` on, whatever the period is. */
export class ModelListDesk {
  readonly calls: JsonObject[] = [];
  total = 0;
  /** Run before each of the next calls is answered. */
  readonly meanwhile: (() => void)[] = [];
  failure: DeskError | undefined;
  /** How long calls take, in milliseconds of the test's clock. */
  onTheWay: () => void = () => undefined;

  constructor(private readonly now: Clock) {}

  /** As the desk over HTTP does it: takes the body that the command sends, and reads the answer as the command does. */
  call<Request, Answer>(command: DeskCommand<Request, Answer>, request: Request): Promise<DeskReply<Answer>> {
    const body = command.body(request);
    this.calls.push(body);
    this.onTheWay();
    const askedAt = this.now();
    this.meanwhile.shift()?.();
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { Offset: offset, Limit: limit } = body;
    const all = Array.from({ length: this.total }, (_, i) => ({ SessionId: `s${i}`, Timestamp: 1 }));
    const list = all.slice(Number(offset), Number(offset) + Number(limit));
    const answer = command.read({ TotalCount: this.total, IMCdrList: list }, request);
    if (answer === undefined) throw new Error('the command does not read what the model desk says');
    return Promise.resolve({ answer, askedAt });
  }
}

/** A page as its client sees it. */
export interface SeenPage {
  readonly ids: readonly unknown[];
  readonly total: unknown;
  readonly nextOffset: unknown;
  readonly period: unknown;
}

/** Lists without Redis on a model desk, with a clock that only tests move. */
export class ListsRig {
  time = START;
  readonly desk: ModelListDesk;
  readonly lists: SessionLists;

  constructor(total: number, policy: FreshnessPolicy = freshness) {
    const now = () => this.time;
    this.desk = new ModelListDesk(now);
    this.desk.total = total;
    this.lists = new SessionLists({ ...cacheOptions(now, policy), desk: this.desk });
  }

  /** As the service does it: memory first, then the rest. */
  async read(change: Partial<SessionsQuery> = {}, options: ReadOptions = {}): Promise<ListResult> {
    const query = queryOf(change);
    const ready = options.noCache === true ? undefined : this.lists.peek(query);
    return ready ?? (await this.lists.read(query, options));
  }

  async page(change: Partial<SessionsQuery> = {}, options: ReadOptions = {}): Promise<SeenPage> {
    return pageOf(change, await this.read(change, options));
  }

  /** How many calls the desk got meanwhile. */
  async callsOf(work: () => Promise<unknown>): Promise<number> {
    const before = this.desk.calls.length;
    await work();
    return this.desk.calls.length - before;
  }
}

export function queryOf(change: Partial<SessionsQuery>): SessionsQuery {
  return { period: undefined, clientId: undefined, limit: 20, offset: 0, ...change };
}

export function pageOf(change: Partial<SessionsQuery>, list: ListResult): SeenPage {
  const body: unknown = JSON.parse(renderSessions(queryOf(change), list).body.toString());
  const { period, sessions, page } = isJsonObject(body) ? body : {};
  if (!Array.isArray(sessions) || !isJsonObject(page)) throw new Error('this is no page of sessions');
  const ids = sessions.map((session) => (isJsonObject(session) ? session['id'] : undefined));
  return { ids, total: page['total'], nextOffset: page['nextOffset'], period };
}
