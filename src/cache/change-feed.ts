import { type Clock } from '../clock.js';
import { type RedisChannel } from '../redis/redis-channel.js';
import { type RedisLink } from '../redis/redis-link.js';
import { WriteRetries } from '../redis/write-retries.js';
import { CHANGE } from './redis-scripts.js';
import { readChange, RedisKeys } from './redis-store.js';
import { type ValueCipher } from './stored-value.js';

export interface ChangeFeedParts {
  readonly redis: RedisLink;
  readonly keyPrefix: string;
  readonly cipher: ValueCipher;
  /** How long the number of a change is kept. */
  readonly changeMs: number;
  /** Whether changes are reported at all. */
  readonly isUsed: boolean;
  readonly now: Clock;
}

/** A cache whose entries can be invalidated by a reported change. */
export interface Changeable {
  invalidate(id: string): void;
  raiseChange(id: string, change: number): void;
}

/** If a change was reported within this time, the next one is expected to be reported too. */
const REPORTED_MS = 600_000;
/** How often to check Redis for changes reported to other replicas, while none was reported to this one. */
const CHECK_MS = 2000;
const NEWLINE = 0x0a;

/** Reports changes to all caches of all replicas. */
export class ChangeFeed {
  private readonly caches: Changeable[] = [];
  /** What is dropped here, replicas notice by age. */
  private readonly retries = new WriteRetries((id) => this.publish(id));
  private readonly channel: RedisChannel | undefined;
  private readonly channelName: string;
  private reportedUntil = -Infinity;
  private checkedAt = -Infinity;

  constructor(private readonly parts: ChangeFeedParts) {
    const { redis, keyPrefix, isUsed } = parts;
    this.channelName = `${keyPrefix}:changes`;
    this.channel = isUsed
      ? redis.subscribe(this.channelName, (message) => {
          this.take(message);
        })
      : undefined;
  }

  register(cache: Changeable): void {
    this.caches.push(cache);
  }

  /** Whether changes are reported at present. Without Redis, replicas cannot report them to each other. */
  get isReporting(): boolean {
    const { redis, now, isUsed } = this.parts;
    if (!isUsed || redis.state === 'down') return false;
    if (now() < this.reportedUntil) return true;
    if (redis.state === 'up' && now() - this.checkedAt >= CHECK_MS) void this.checkRedis();
    return false;
  }

  /** Takes effect here at once, and on all replicas as soon as Redis accepts it. */
  async invalidate(id: string): Promise<void> {
    for (const cache of this.caches) cache.invalidate(id);
    this.noteReport();
    if (this.parts.redis.state !== 'off') await this.publish(id);
  }

  close(): void {
    this.retries.close();
    this.channel?.close();
  }

  private get reportedKey(): string {
    return `${this.channelName}:told`;
  }

  private async publish(id: string): Promise<void> {
    const { redis, keyPrefix, cipher, changeMs } = this.parts;
    const { change: key } = new RedisKeys(keyPrefix, '', id);
    const args = [changeMs, this.channelName, cipher.encrypt(Buffer.from(id), this.channelName)];
    const change = readChange(await redis.run((client) => CHANGE.run(client, [key], args), key));
    if (change === undefined) {
      this.retries.add(id);
      return;
    }
    for (const cache of this.caches) cache.raiseChange(id, change);
    const set = await redis.run((client) => client.set(this.reportedKey, '1', 'PX', REPORTED_MS), this.reportedKey);
    if (set === undefined) this.retries.add(id);
  }

  /** A notice from any replica, this one included. */
  private take(message: Buffer): void {
    const end = message.indexOf(NEWLINE);
    const change = end < 0 ? undefined : readChange(message.subarray(0, end));
    const id = this.parts.cipher.decrypt(message.subarray(end + 1), this.channelName)?.toString();
    if (change === undefined || id === undefined) return;
    this.noteReport();
    for (const cache of this.caches) cache.raiseChange(id, change);
  }

  private noteReport(forMs = REPORTED_MS): void {
    this.reportedUntil = Math.max(this.reportedUntil, this.parts.now() + forMs);
  }

  private async checkRedis(): Promise<void> {
    const { redis, now } = this.parts;
    this.checkedAt = now();
    const leftMs = (await redis.run((client) => client.pttl(this.reportedKey), this.reportedKey)) ?? 0;
    if (leftMs > 0) this.noteReport(Math.min(leftMs, REPORTED_MS));
  }
}

/** Subscriptions to reported changes; one registry for each cache. */
export class Subscriptions {
  private readonly listeners = new Map<string, Set<() => void>>();

  /** @returns a function that removes the listener */
  subscribe(id: string, listener: () => void): () => void {
    const ofId = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, ofId.add(listener));
    return () => {
      ofId.delete(listener);
      if (ofId.size === 0 && this.listeners.get(id) === ofId) this.listeners.delete(id);
    };
  }

  notify(id: string): void {
    for (const listener of [...(this.listeners.get(id) ?? [])]) listener();
  }
}
