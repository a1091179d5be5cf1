import { type Clock } from '../clock.js';
import { type RedisChannel } from '../redis/redis-channel.js';
import { type RedisClient } from '../redis/connect.js';
import { hashedId } from '../redis/hashed-id.js';
import { type RedisLink } from '../redis/redis-link.js';
import { READ } from './redis-scripts.js';
import { decodeValue, encodeValue, FORMAT, type StoredValue, type ValueCipher } from './stored-value.js';

export interface RedisStoreOptions {
  readonly keyPrefix: string;
  /** Separates resources that share an id. */
  readonly resource: string;
  readonly cipher: ValueCipher;
  /** How long the version is kept: as long as the longest-lived value. */
  readonly versionMs: number;
  /** How long the number of a change is kept: longer than anything fetched before it is fresh. */
  readonly changeMs: number;
  readonly now: Clock;
  readonly random: () => number;
}

/** A value to be written, and its TTL. */
export interface StoredWrite extends StoredValue {
  readonly name: string;
  readonly keptMs: number;
}

/** What Redis holds of an entry, as far as requested; a malformed value counts as absent. */
export interface StoredEntry {
  readonly version: string;
  /** The number of the newest change; undefined if there is none, or it has expired. */
  readonly change?: number | undefined;
  /** undefined if it is absent, or the one that the caller knows. */
  readonly head: StoredValue | undefined;
  readonly parts: ReadonlyMap<string, StoredValue>;
  /** Nothing is stored, and this read took the lock that it claimed. */
  readonly hasLock?: boolean;
}

/** A lock to be taken if nothing is stored. */
export interface LockClaim {
  readonly key: string;
  readonly token: string;
  /** By Redis's clock: after this moment the caller does not wait any more. */
  readonly notAfter: number;
}

export interface StoredRead {
  readonly knownVersion: string;
  /** Wanted values besides the head: with `wantsParts`, they are returned even if the version is the known one. */
  readonly names: readonly string[];
  readonly wantsParts: boolean;
  readonly claim?: LockClaim | undefined;
}

/** The key of the head; without it the other values mean nothing. */
export const HEAD = 'head';

/** A replica that waits for a value must find it, however short the configured lifetimes. */
const SHORTEST_MS = 2000;

/** The entries shared by all replicas, in Redis. Never fails and never waits for long (ADR 4). */
export class RedisStore {
  /** How far the clock of Redis is ahead, by its last answer; undefined while unknown. */
  aheadMs: number | undefined;

  constructor(
    private readonly redis: RedisLink,
    readonly options: RedisStoreOptions,
  ) {}

  /** The channel on which new versions of an entry are published. */
  get channelName(): string {
    const { keyPrefix, resource } = this.options;
    return `${keyPrefix}:${FORMAT}:${resource}:versions`;
  }

  /** Calls back with the key of an entry's version when any replica wrote a new one. undefined without Redis. */
  onVersion(listener: (versionKey: string) => void): RedisChannel | undefined {
    return this.redis.subscribe(this.channelName, (message) => {
      listener(message.toString());
    });
  }

  get isUp(): boolean {
    return this.redis.state === 'up';
  }

  /** One round trip; undefined while Redis is unavailable. */
  async read(id: string, { knownVersion, names, wantsParts, claim }: StoredRead): Promise<StoredEntry | undefined> {
    const keys = this.keys(id);
    const wanted = [HEAD, ...names];
    const lock = claim?.key ?? keys.lock(HEAD);
    const keyNames = [keys.version, keys.change, lock, ...wanted.map((name) => keys.value(name))];
    const args = [knownVersion, wantsParts ? '1' : '0', claim?.token ?? '', claim?.notAfter ?? 0];
    const sentAt = this.options.now();
    const reply = await this.attempt(keys, (client) => READ.run(client, keyNames, args));
    return Array.isArray(reply) ? this.readReply(reply, sentAt, keys, wanted) : undefined;
  }

  /** Redis said its time in reply to a command sent at this moment. */
  noteClock(redisNow: unknown, sentAt: number): void {
    this.aheadMs = Number(redisNow) - sentAt;
  }

  /** Keys, and values with their milliseconds, as the SETTLE script takes them. */
  encode(keys: RedisKeys, writes: readonly StoredWrite[]): { keys: string[]; args: (Buffer | number)[] } {
    const { cipher, now } = this.options;
    const encoded: { keys: string[]; args: (Buffer | number)[] } = { keys: [], args: [] };
    for (const write of writes) {
      const key = keys.value(write.name);
      const ttl = this.jittered(write.keptMs);
      encoded.keys.push(key);
      encoded.args.push(encodeValue(key, write, { ttl, now: now(), cipher }), ttl);
    }
    return encoded;
  }

  /** Up to a tenth longer, so that not all entries expire at once. */
  jittered(ms: number): number {
    return Math.ceil(Math.max(ms, SHORTEST_MS) * (1 + this.options.random() / 10));
  }

  /** At any error of Redis the result is "nothing known". */
  async attempt<T>(keys: RedisKeys, command: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    return this.redis.run(command, keys.version);
  }

  keys(id: string): RedisKeys {
    return new RedisKeys(this.options.keyPrefix, this.options.resource, id);
  }

  private readReply(
    reply: readonly unknown[],
    sentAt: number,
    keys: RedisKeys,
    wanted: readonly string[],
  ): StoredEntry {
    const [version, change, redisNow, lock, ...rest] = reply;
    this.noteClock(redisNow, sentAt);
    const { cipher, now } = this.options;
    const parts = new Map<string, StoredValue>();
    for (let i = 0; i + 2 < rest.length; i += 3) {
      const name = wanted[Number(rest[i])];
      if (name === undefined) continue;
      const value = decodeValue(keys.value(name), rest[i + 1], { leftMs: Number(rest[i + 2]), now: now(), cipher });
      if (value !== undefined) parts.set(name, value);
    }
    return {
      version: Buffer.isBuffer(version) ? version.toString('utf8') : '',
      change: readChange(change),
      head: parts.get(HEAD),
      parts,
      hasLock: lock === 1,
    };
  }
}

/** undefined for what the CHANGE script did not write. */
export function readChange(reply: unknown): number | undefined {
  const text = Buffer.isBuffer(reply) ? reply.toString('latin1') : '';
  return /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
}

/**
 * The keys of one entry in Redis. Its id is hashed, since it may be personal; the hash is a hash tag, so that all keys
 * of one id are in one cluster slot, where one script can read and write them.
 */
export class RedisKeys {
  private readonly base: string;
  /** The number of the newest change of this id, shared by all resources. */
  readonly change: string;

  constructor(prefix: string, resource: string, id: string) {
    const hash = hashedId(id);
    const ofId = `${prefix}:${FORMAT}:{${hash}}`;
    this.base = `${ofId}:${resource}`;
    this.change = `${ofId}:change`;
  }

  /** Changes with every write that other replicas must notice. */
  get version(): string {
    return `${this.base}:version`;
  }

  /** Exists while a failed refresh must not be repeated; its text is that pause in milliseconds. */
  get failed(): string {
    return `${this.base}:failed`;
  }

  value(name: string): string {
    return `${this.base}:${name}`;
  }

  lock(flight: string): string {
    return `${this.base}:lock:${flight}`;
  }

  /** The outcome of the flight with this lock token. */
  outcome(token: string): string {
    return `${this.base}:outcome:${token}`;
  }
}
