import { randomBytes } from 'node:crypto';
import { type Clock } from '../clock.js';
import { isRedisTrouble, type RedisLink } from '../redis/redis-link.js';
import { type FreshnessPolicy } from '../transcript/freshness.js';
import { type Known, type WindowAnswer } from '../transcript/known.js';
import { type Block, type Log } from '../transcript/log.js';
import { type Window, windowKey } from '../transcript/window.js';
import { type Seal } from './seal.js';
import { SessionKeys } from './session-keys.js';
import { ACQUIRE, READ, RENEW, SETTLE } from './session-scripts.js';
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

export type Lock =
  { readonly kind: 'ours'; readonly version: string } | { readonly kind: 'theirs'; readonly token: string };
/** `away`: there is no Redis to agree in, so go ahead alone. */
export type Acquired = Lock | { readonly kind: 'failed'; readonly restMs: number } | { readonly kind: 'away' };

/** How a flight of another replica stands: its outcome once it ended; `lost` where its holder died. */
export type FlightState =
  { readonly kind: 'under-way' } | { readonly kind: 'lost' } | { readonly kind: 'ended'; readonly outcome: string };

/** A dead holder costs the others this long (ADR 5). */
const LOCK_MS = 3000;
const RENEW_MS = 1000;

/** Where transcripts are kept for all replicas: Redis, in a way that never fails and never waits for long. */
export class TranscriptStore {
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
    const reply = await this.attempt((client) => READ.run(client, [keys.head, keys.version], args));
    return reply === undefined ? undefined : readStored(reply, { keys, window, ...this.options });
  }

  async acquire(sessionId: string, flight: string, token: string, yieldsToFailure: boolean): Promise<Acquired> {
    const keys = this.keys(sessionId);
    const args = [token, LOCK_MS, yieldsToFailure ? '1' : '0'];
    const names = [keys.lock(flight), keys.version, keys.failed];
    const reply = await this.attempt((client) => ACQUIRE.run(client, names, args));
    if (!Array.isArray(reply)) return { kind: 'away' };
    const [kind, value]: unknown[] = reply;
    switch (String(kind)) {
      case 'ours':
        return { kind: 'ours', version: String(value) };
      case 'theirs':
        return { kind: 'theirs', token: String(value) };
      case 'failed':
        return { kind: 'failed', restMs: Number(value) };
      default:
        return { kind: 'away' };
    }
  }

  /** Renews the lock until the returned function is called. */
  hold(sessionId: string, flight: string, token: string): () => void {
    const lock = this.keys(sessionId).lock(flight);
    const renew = () => void this.attempt((client) => RENEW.run(client, [lock], [token, LOCK_MS]));
    const timer = setInterval(renew, RENEW_MS);
    return () => {
      clearInterval(timer);
    };
  }

  async watch(sessionId: string, flight: string, token: string): Promise<FlightState> {
    const keys = this.keys(sessionId);
    const reply = await this.attempt((client) => client.mgetBuffer(keys.lock(flight), keys.outcome(token)));
    if (reply === undefined) return { kind: 'lost' };
    const [lock, outcome] = reply;
    if (outcome != null) return { kind: 'ended', outcome: outcome.toString('utf8') };
    return { kind: lock?.toString('latin1') === token ? 'under-way' : 'lost' };
  }

  /** Writes what a flight found, tells those who wait, and gives the lock back. Never holds up an answer. */
  async settle(sessionId: string, flight: string, token: string, outcome: string, findings?: Findings): Promise<void> {
    const keys = this.keys(sessionId);
    const writer = new StoredWriter(keys, this.options);
    if (findings !== undefined) writer.add(findings);
    await this.send(keys, flight, token, outcome, writer);
  }

  /** The same for a flight that failed; others leave its session alone for `pauseMs`. */
  async settleFailure(
    sessionId: string,
    flight: string,
    token: string,
    outcome: string,
    pauseMs: number,
  ): Promise<void> {
    const keys = this.keys(sessionId);
    const writer = new StoredWriter(keys, this.options);
    if (pauseMs > 0) writer.set(keys.failed, Buffer.from('1'), pauseMs);
    await this.send(keys, flight, token, outcome, writer);
  }

  newToken(): string {
    return randomBytes(12).toString('hex');
  }

  private async send(keys: SessionKeys, flight: string, token: string, outcome: string, writer: StoredWriter) {
    const names = [keys.lock(flight), keys.outcome(token), ...writer.keys];
    await this.attempt((client) => SETTLE.run(client, names, [token, outcome, ...writer.args]));
  }

  private keys(sessionId: string): SessionKeys {
    return new SessionKeys(this.options.keyPrefix, sessionId);
  }

  /** Redis is a help, never a dependency: whatever is wrong with it, the answer is "nothing known". */
  private async attempt<T>(command: Parameters<typeof this.redis.run<T>>[0]): Promise<T | undefined> {
    if (!this.isUp) return undefined;
    try {
      return await this.redis.run(command);
    } catch (error) {
      if (isRedisTrouble(error)) return undefined;
      throw error;
    }
  }
}
