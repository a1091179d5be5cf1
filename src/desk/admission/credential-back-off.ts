import { type Clock } from '../../clock.js';
import { type RedisLink } from '../../redis/redis-link.js';
import { RedisScript } from '../../redis/redis-script.js';
import { type DeskError, DeskRejectedError, DeskUnavailableError } from '../desk-error.js';
import { SharedText } from './shared-text.js';

/** After a refusal no call is sent for a second: the desk locks out after too many refusals (70050). */
const REFUSED_MS = 1000;
/** 70050: "verify again after 1 minute" (error code table). */
const LOCKED_OUT_MS = 60_000;
const LOCKOUT = 'lockout';

/**
 * Begins a pause unless one is active; a key with a TTL longer than any pause was not written by us. KEYS pause; ARGV
 * text, milliseconds.
 */
const BEGIN = new RedisScript(
  `
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 or ttl > ${LOCKED_OUT_MS} then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`,
  'begin',
);

/** Stops all calls of all replicas for a while after the desk refused the credentials. */
export class CredentialBackOff {
  readonly shared: SharedText;
  private suspect = false;

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    now: Clock,
  ) {
    this.shared = new SharedText(`${keyPrefix}:{desk}:refused`, now);
  }

  /**
   * From a refusal until the desk accepts a call: the end of the pause does not mean that the credentials are right.
   */
  get isSuspect(): boolean {
    return this.suspect;
  }

  /** The error for a call that may not be sent now, as far as this replica knows; undefined if it may. */
  refusal(): DeskError | undefined {
    const retryAfterMs = this.remainingMs();
    if (retryAfterMs === 0) return undefined;
    this.suspect = true;
    if (this.shared.text === LOCKOUT) return new DeskUnavailableError('locked out by the desk', { retryAfterMs });
    const upstreamCode = Number(this.shared.text);
    return new DeskRejectedError('refused by the desk a moment ago', { upstreamCode, retryAfterMs });
  }

  accepted(): void {
    this.suspect = false;
  }

  /** Does not replace an active pause: that may be the longer one. */
  async refused(code: number): Promise<void> {
    this.suspect = true;
    if (this.remainingMs() > 0) return;
    this.shared.set(String(code), REFUSED_MS);
    await this.redis.run((client) => BEGIN.run(client, [this.shared.key], [String(code), REFUSED_MS]));
  }

  async lockedOut(): Promise<void> {
    this.suspect = true;
    this.shared.set(LOCKOUT, LOCKED_OUT_MS);
    await this.redis.run((client) => client.set(this.shared.key, LOCKOUT, 'PX', LOCKED_OUT_MS));
  }

  /** A text in another format, or with a TTL longer than any pause, was not written by us and is ignored. */
  private remainingMs(): number {
    const { text, remainingMs } = this.shared;
    const longest = text === LOCKOUT ? LOCKED_OUT_MS : /^\d{1,9}$/.test(text) ? REFUSED_MS : 0;
    return remainingMs <= longest ? remainingMs : 0;
  }
}
