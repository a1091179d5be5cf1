import { type Clock } from '../clock.js';
import { isRedisTrouble, type RedisLink } from '../redis/redis-link.js';
import { type DeskError, DeskRejectedError, DeskUnavailableError } from './desk-error.js';
import { type HeldText, peekText } from './shared-text.js';

/** After a refused credential nobody asks for a second: too many refusals and the desk locks us out (70050). */
const REFUSED_MS = 1000;
/** 70050: "verify again after 1 minute" (error code table). */
const LOCKED_OUT_MS = 60_000;
const LOCKOUT = 'lockout';

/** No calls at all for a while, in any replica, because the desk refused who we are. */
export class RefusalPause {
  private held: HeldText = { text: '', expiresAt: 0 };
  private readonly key: string;

  constructor(
    private readonly redis: RedisLink,
    keyPrefix: string,
    private readonly now: Clock,
  ) {
    this.key = `${keyPrefix}:{desk}:refused`;
  }

  /** The error that a call would end in now, or undefined where it may go. */
  async check(): Promise<DeskError | undefined> {
    if (this.restMs() <= 0) this.held = (await peekText(this.redis, this.key, this.now)) ?? this.held;
    const retryAfterMs = this.restMs();
    if (retryAfterMs <= 0) return undefined;
    if (this.held.text === LOCKOUT) return new DeskUnavailableError('locked out by the desk', { retryAfterMs });
    const code = /^\d{1,9}$/.test(this.held.text) ? Number(this.held.text) : undefined;
    return new DeskRejectedError('refused by the desk a moment ago', { upstreamCode: code, retryAfterMs });
  }

  async refused(code: number): Promise<void> {
    if (this.restMs() <= 0) await this.pause(String(code), REFUSED_MS);
  }

  async lockedOut(): Promise<void> {
    await this.pause(LOCKOUT, LOCKED_OUT_MS);
  }

  private restMs(): number {
    return this.held.expiresAt - this.now();
  }

  private async pause(text: string, ms: number): Promise<void> {
    this.held = { text, expiresAt: this.now() + ms };
    try {
      await this.redis.run((client) => client.set(this.key, text, 'PX', ms));
    } catch (error) {
      if (!isRedisTrouble(error)) throw error;
    }
  }
}
