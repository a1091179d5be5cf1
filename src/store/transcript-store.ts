import { randomBytes } from 'node:crypto';
import { type Clock } from '../clock.js';
import { isRedisTrouble, type RedisClient, type RedisLink } from '../redis/redis-link.js';
import { type FreshnessPolicy } from '../transcript/freshness.js';
import { type Known, type WindowAnswer } from '../transcript/known.js';
import { type Block, type Log } from '../transcript/log.js';
import { type Window, windowKey } from '../transcript/window.js';
import { type Seal } from './seal.js';
import { SessionKeys } from './session-keys.js';
import { ACQUIRE, READ, RELEASE, RENEW, SETTLE, WATCH } from './session-scripts.js';
import { readStored, type StoredSession } from './stored-known.js';
import { StoredWriter } from './stored-writer.js';

export interface StoreOptions {
  readonly keyPrefix: string;
  readonly seal: Seal;
  readonly policy: FreshnessPolicy;
  readonly now: Clock;
  readonly random: () => number;
}

/** What a flight leaves behind in Redis. */
export interface Findings {
  readonly known?: Known;
  /** A block that is new in `log`. */
  readonly block?: { readonly log: Log; readonly key: string; readonly block: Block };
  readonly window?: { readonly epoch: string; readonly answer: WindowAnswer };
  /** Others hold something older now and have to notice. */
  readonly version: string;
}

/** One flight's claim to its lock. */
export interface Claim {
  readonly sessionId: string;
  readonly flight: string;
  readonly token: string;
  /** How far the clock of the Redis that holds this session is ahead of ours; undefined while nobody knows. */
  aheadMs: number | undefined;
}

/** `away`: there is no Redis to agree in, so go ahead alone. */
export type Acquired =
  | { readonly kind: 'ours'; readonly version: string }
  | { readonly kind: 'theirs'; readonly token: string }
  | { readonly kind: 'failed'; readonly restMs: number }
  | { readonly kind: 'away' };

/** How a flight of another replica stands: its outcome once it ended; `lost` where its holder died or gave it up. */
export type FlightState =
  { readonly kind: 'under-way' } | { readonly kind: 'lost' } | { readonly kind: 'ended'; readonly outcome: string };

const RENEW_MS = 1000;
/** What Redis does later than this (it was frozen) is not done: nobody waits for that lock, and the ages are wrong. */
const LATE_MS = 300;

/** Where transcripts are kept for all replicas: Redis, in a way that never fails and never waits for long. */
export class TranscriptStore {
  /** As in a claim, by the last answer that told: good enough for the first question of the next. */
  private aheadMs: number | undefined;

  constructor(
    private readonly redis: RedisLink,
    private readonly options: StoreOptions,
  ) {}

  get isUp(): boolean {
    return this.redis.state === 'up';
  }

  /** One round trip; undefined while Redis is away. `wantsParts` asks for blocks even if nothing has changed. */
  async read(
    sessionId: string,
    window: Window,
    knownVersion: string,
    wantsParts: boolean,
  ): Promise<StoredSession | undefined> {
    const keys = this.keys(sessionId);
    const { order, offset, limit } = window;
    const args = [knownVersion, keys.base, order, offset, limit, windowKey(window), wantsParts ? '1' : '0'];
    const reply = await this.attempt(keys, (client) => READ.run(client, [keys.head, keys.version], args));
    return reply === undefined ? undefined : readStored(reply, { keys, window, ...this.options });
  }

  claim(sessionId: string, flight: string): Claim {
    return { sessionId, flight, token: this.newToken(), aheadMs: this.aheadMs };
  }

  async acquire(claim: Claim, yieldsToFailure: boolean): Promise<Acquired> {
    const acquired = await this.tryAcquire(claim, yieldsToFailure);
    // Late, and yet the answer came in time: the clocks have moved apart, which is known by now.
    return acquired ?? (await this.tryAcquire(claim, yieldsToFailure)) ?? { kind: 'away' };
  }

  /** Renews the lock until the returned function is called. */
  hold({ sessionId, flight, token }: Claim): () => void {
    const keys = this.keys(sessionId);
    const lock = keys.lock(flight);
    const renew = () => void this.attempt(keys, (client) => RENEW.run(client, [lock], [token]));
    const timer = setInterval(renew, RENEW_MS);
    return () => {
      clearInterval(timer);
    };
  }

  /** How the flight that holds the lock of this one stands. */
  async watch({ sessionId, flight }: Claim, token: string): Promise<FlightState> {
    const keys = this.keys(sessionId);
    const names = [keys.lock(flight), keys.outcome(token)];
    const reply = await this.attempt(keys, (client) => WATCH.run(client, names, []));
    if (!Array.isArray(reply)) return { kind: 'lost' };
    const list: readonly unknown[] = reply;
    const [holder, outcome] = list;
    if (Buffer.isBuffer(outcome)) return { kind: 'ended', outcome: outcome.toString('utf8') };
    return { kind: String(holder) === token ? 'under-way' : 'lost' };
  }

  /**
   * Writes what a flight found, tells those who wait, and gives the lock back. Answers the version that this replaced;
   * undefined where it was not written. Never holds up an answer.
   */
  async settle(claim: Claim, outcome: string, findings?: Findings): Promise<string | undefined> {
    const writer = new StoredWriter(this.keys(claim.sessionId), this.options);
    if (findings !== undefined) writer.add(findings);
    return this.send(claim, outcome, writer);
  }

  /** The same for a flight that failed; others leave its session alone for `pauseMs`. */
  async settleFailure(claim: Claim, outcome: string, pauseMs: number): Promise<void> {
    const keys = this.keys(claim.sessionId);
    const writer = new StoredWriter(keys, this.options);
    if (pauseMs > 0) writer.set(keys.failed, Buffer.from(String(Math.ceil(pauseMs))), pauseMs);
    await this.send(claim, outcome, writer);
  }

  /** For a flight that did not take place: no outcome, so those who wait for it take the lock themselves. */
  async release({ sessionId, flight, token }: Claim): Promise<void> {
    const keys = this.keys(sessionId);
    await this.attempt(keys, (client) => RELEASE.run(client, [keys.lock(flight)], [token]));
  }

  newToken(): string {
    return randomBytes(12).toString('hex');
  }

  /** undefined where Redis found that the question came late. */
  private async tryAcquire(claim: Claim, yields: boolean): Promise<Acquired | undefined> {
    const keys = this.keys(claim.sessionId);
    const names = [keys.lock(claim.flight), keys.version, keys.failed];
    const args = [claim.token, yields ? '1' : '0', this.notAfter(claim)];
    const sentAt = this.options.now();
    const reply = await this.attempt(keys, (client) => ACQUIRE.run(client, names, args));
    if (!Array.isArray(reply)) return { kind: 'away' };
    const list: readonly unknown[] = reply;
    const [kind, value, redisNow] = list;
    this.aheadMs = claim.aheadMs = Number(redisNow) - sentAt;
    switch (String(kind)) {
      case 'ours':
        return { kind: 'ours', version: String(value) };
      case 'theirs':
        return { kind: 'theirs', token: String(value) };
      case 'failed':
        return { kind: 'failed', restMs: Number(value) };
      default:
        return undefined;
    }
  }

  private async send(claim: Claim, outcome: string, writer: StoredWriter) {
    const { flight, token } = claim;
    const keys = this.keys(claim.sessionId);
    const names = [keys.lock(flight), keys.outcome(token), keys.version, ...writer.keys];
    const args = [token, outcome, this.notAfter(claim), ...writer.args];
    const before = await this.attempt(keys, (client) => SETTLE.run(client, names, args));
    return Buffer.isBuffer(before) ? before.toString('utf8') : undefined;
  }

  /** The moment after which a command comes late, by Redis's clock; empty while that is not known. */
  private notAfter({ aheadMs }: Claim): string {
    return aheadMs === undefined ? '' : String(this.options.now() + aheadMs + LATE_MS);
  }

  private keys(sessionId: string): SessionKeys {
    return new SessionKeys(this.options.keyPrefix, sessionId);
  }

  /** Redis is a help, never a dependency: whatever is wrong with it, the answer is "nothing known". */
  private async attempt<T>(keys: SessionKeys, command: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    if (!this.isUp) return undefined;
    try {
      return await this.redis.run(command, keys.head);
    } catch (error) {
      if (isRedisTrouble(error)) return undefined;
      throw error;
    }
  }
}
