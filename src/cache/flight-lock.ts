import { randomUUID } from 'node:crypto';
import { type DeskError, deskErrorOf, DeskUnavailableError, isDeskErrorCode } from '../desk/desk-error.js';
import { isJsonObject, parseJson } from '../json.js';
import { ACQUIRE, RENEW, SETTLE, WATCH } from './redis-scripts.js';
import { type LockClaim, readChange, type RedisKeys, type RedisStore, type StoredWrite } from './redis-store.js';

/** `unavailable`: Redis is unavailable, so this replica goes ahead alone. */
export type Acquired =
  | {
      readonly kind: 'acquired';
      readonly version: string;
      readonly change: number | undefined;
      /** How long ago that was. */
      readonly changedAgoMs: number;
    }
  | { readonly kind: 'held'; readonly token: string }
  | { readonly kind: 'failed'; readonly remainingMs: number }
  | { readonly kind: 'unavailable' };

/** The state of a flight at another replica: its outcome once it ended; `lost` if its holder died. */
export type FlightState =
  { readonly kind: 'under-way' } | { readonly kind: 'lost' } | { readonly kind: 'ended'; readonly outcome: string };

export interface Settled {
  readonly version: string;
  readonly replaced: string | undefined;
}

const RENEW_MS = 1000;
/**
 * A command that Redis runs later than this (it was frozen) has no effect: nobody waits for that lock any more, and the
 * ages are wrong.
 */
const LATE_MS = 300;
/**
 * Less than the timeout of a command: a read that got no answer must not have taken the lock, since nobody would release
 * it.
 */
const CLAIM_LATE_MS = 50;

/**
 * Cancelled because nobody waited any more: no failure of the desk, so any other waiting load calls the desk itself.
 */
export const ABANDONED = 'abandoned';

/** The lock of one flight, shared by all replicas. */
export class FlightLock {
  private readonly token = newToken();
  /** The clock of the Redis node that holds this lock; in a cluster each node has its own. */
  private aheadMs: number | undefined;
  private isTaken = false;

  private readonly keys: RedisKeys;

  constructor(
    private readonly store: RedisStore,
    id: string,
    private readonly flight: string,
  ) {
    this.keys = store.keys(id);
  }

  /** What a read of the entry needs to take this lock with the same command. */
  get claim(): LockClaim {
    return { key: this.keys.lock(this.flight), token: this.token, notAfter: this.notAfter(CLAIM_LATE_MS) };
  }

  /** A read has taken it, and nothing has used it yet. */
  get isAtHand(): boolean {
    return this.isTaken;
  }

  takenByRead(): void {
    this.isTaken = true;
    this.aheadMs = this.store.aheadMs;
  }

  /** Releases what a read has taken, if nothing has used it. */
  giveBack(): void {
    if (!this.isTaken) return;
    this.isTaken = false;
    void this.release(ABANDONED);
  }

  async acquire(yieldsToFailure: boolean): Promise<Acquired> {
    if (this.isTaken) {
      this.isTaken = false;
      return { kind: 'acquired', version: '', change: undefined, changedAgoMs: 0 };
    }
    const acquired = await this.tryAcquire(yieldsToFailure);
    // Late, but the reply came in time: the clock offset was unknown or had drifted. The reply corrected it: try once more.
    return acquired ?? (await this.tryAcquire(yieldsToFailure)) ?? { kind: 'unavailable' };
  }

  /** Renews the lock until the returned function is called. */
  hold(): () => void {
    const lock = this.keys.lock(this.flight);
    const renew = () => void this.store.attempt(this.keys, (client) => RENEW.run(client, [lock], [this.token]));
    const timer = setInterval(renew, RENEW_MS);
    return () => {
      clearInterval(timer);
    };
  }

  /** The state of the flight with this token, which holds the lock. */
  async watch(token: string): Promise<FlightState> {
    const { keys } = this;
    const names = [keys.lock(this.flight), keys.outcome(token)];
    const reply = await this.store.attempt(keys, (client) => WATCH.run(client, names, []));
    if (!Array.isArray(reply)) return { kind: 'lost' };
    const list: readonly unknown[] = reply;
    const [holder, outcome] = list;
    if (Buffer.isBuffer(outcome)) return { kind: 'ended', outcome: outcome.toString('utf8') };
    return { kind: String(holder) === token ? 'under-way' : 'lost' };
  }

  /**
   * Writes the update of a flight under a new version, notifies the waiting replicas, and releases the lock. Never
   * delays an answer. `replaced` is the version before; undefined if nothing was written.
   */
  async settle(outcome: string, writes: readonly StoredWrite[]): Promise<Settled> {
    const version = newToken();
    const { keys, args } = this.store.encode(this.keys, writes);
    const versionMs = this.store.jittered(this.store.options.versionMs);
    const names = [...keys, this.keys.version];
    const replaced = await this.send(
      outcome,
      names,
      [...args, Buffer.from(version), versionMs],
      this.store.channelName,
    );
    return { version, replaced };
  }

  /** The same without an update; other replicas pause refreshes of the entry for `pauseMs`. */
  async release(outcome: string, pauseMs = 0): Promise<void> {
    if (pauseMs > 0)
      await this.send(outcome, [this.keys.failed], [Buffer.from(String(Math.ceil(pauseMs))), Math.ceil(pauseMs)]);
    else await this.send(outcome, [], []);
  }

  /** undefined if Redis found the command late. */
  private async tryAcquire(yieldsToFailure: boolean): Promise<Acquired | undefined> {
    const { keys, store } = this;
    const names = [keys.lock(this.flight), keys.version, keys.failed, keys.change];
    const args = [this.token, yieldsToFailure ? '1' : '0', this.notAfter()];
    const sentAt = store.options.now();
    const reply = await store.attempt(keys, (client) => ACQUIRE.run(client, names, args));
    if (!Array.isArray(reply)) return { kind: 'unavailable' };
    const list: readonly unknown[] = reply;
    const [kind, value, redisNow, change] = list;
    store.noteClock(redisNow, sentAt);
    this.aheadMs = store.aheadMs;
    switch (String(kind)) {
      case 'acquired':
        return ownFlight(String(value), readChange(change), Number(redisNow));
      case 'held':
        return { kind: 'held', token: String(value) };
      case 'failed':
        return { kind: 'failed', remainingMs: Number(value) };
      default:
        return undefined;
    }
  }

  private async send(outcome: string, names: readonly string[], values: readonly (Buffer | number)[], channel = '') {
    const { keys, token } = this;
    const allKeys = [keys.lock(this.flight), keys.outcome(token), keys.version, ...names];
    const args = [token, outcome, this.notAfter(), channel, ...values];
    const before = await this.store.attempt(keys, (client) => SETTLE.run(client, allKeys, args));
    return Buffer.isBuffer(before) ? before.toString('utf8') : undefined;
  }

  /** The moment after which a command is late, by Redis's clock. While the offset is unknown, every command is late. */
  private notAfter(lateMs = LATE_MS): number {
    const aheadMs = this.aheadMs ?? this.store.aheadMs;
    return aheadMs === undefined ? 0 : this.store.options.now() + aheadMs + lateMs;
  }
}

/** The number of a change is the moment at which it was reported, by Redis's clock. */
function ownFlight(version: string, change: number | undefined, redisNow: number): Acquired {
  return { kind: 'acquired', version, change, changedAgoMs: Math.max(0, redisNow - (change ?? 0)) };
}

/** 24 hexadecimal digits. Node makes UUIDs from random bytes that it keeps ready. */
function newToken(): string {
  return randomUUID().replaceAll('-', '').slice(8);
}

/** A failure in the form in which replicas pass it on through Redis. */
export function failureText({ code, upstreamCode, retryAfterMs }: DeskError): string {
  return JSON.stringify({ code, upstreamCode, retryAfterMs });
}

/** The failure of another replica; a malformed one is a failure too. */
export function failureOf(text: string): DeskError {
  const failure = parseJson(text);
  const { code, upstreamCode, retryAfterMs } = isJsonObject(failure) ? failure : {};
  if (!isDeskErrorCode(code)) return new DeskUnavailableError('another replica failed', { retryAfterMs: 1000 });
  return deskErrorOf(code, 'another replica asked', {
    upstreamCode: typeof upstreamCode === 'number' ? upstreamCode : undefined,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  });
}
