import { type Clock } from '../../clock.js';

/** Lua: the text under a key and its TTL. A key without expiry, or of another type, was not written by us. */
export const SHARED_TEXT = `
local function shared(key)
  local text = redis.pcall('GET', key)
  local ttl = redis.call('PTTL', key)
  if type(text) ~= 'string' or ttl < 0 then return '', 0 end
  return text, ttl
end`;

/**
 * A short text that all replicas share. Its TTL in Redis is the clock, so that replicas need not agree on the time. The
 * last known text is used while Redis is unavailable.
 */
export class SharedText {
  private last = '';
  private expiresAt = 0;

  constructor(
    readonly key: string,
    private readonly now: Clock,
  ) {}

  /** Without a meaning once `remainingMs` is 0. */
  get text(): string {
    return this.last;
  }

  get remainingMs(): number {
    return Math.max(0, this.expiresAt - this.now());
  }

  set(text: string, ttlMs: number): void {
    this.last = text;
    this.expiresAt = this.now() + ttlMs;
  }

  /** What Redis replied: the text and its TTL in milliseconds. @returns whether it was a valid reply */
  accept(text: unknown, ttlMs: unknown): boolean {
    if (!Buffer.isBuffer(text) || typeof ttlMs !== 'number') return false;
    this.set(text.toString('latin1'), ttlMs);
    return true;
  }
}
