import { createHash, timingSafeEqual } from 'node:crypto';
import { type Clock } from '../clock.js';

export interface WebhookSecrets {
  /** One or two; empty if the desk does not sign. */
  readonly tokens: readonly string[];
  /** undefined if the path has none. */
  readonly pathSecret: string | undefined;
  readonly sdkAppId: number;
  readonly now: Clock;
}

/** The credentials of a webhook request. */
export interface WebhookCredentials {
  readonly query: URLSearchParams;
  readonly pathSecret: string | undefined;
}

/** The desk signs when it sends; an older signature may be a replay. */
const MAX_OFF_SECONDS = 60;

/** Whether a webhook comes from the desk (document "Webhook overview": Sign = SHA-256 of token and RequestTime). */
export class WebhookSignature {
  constructor(private readonly secrets: WebhookSecrets) {}

  /** Constant time for every wrong secret: everything is compared, whatever was wrong before. */
  isValid({ query, pathSecret }: WebhookCredentials): boolean {
    const { tokens, pathSecret: expected, sdkAppId } = this.secrets;
    const hasSign = tokens.length === 0 || this.isSigned(query);
    const isSecret = isSame(digestOf(pathSecret ?? ''), digestOf(expected ?? ''));
    const hasSecret = isSecret && (pathSecret === undefined) === (expected === undefined);
    const isOurs = onlyOne(query, 'SdkAppid') === String(sdkAppId);
    return hasSign && hasSecret && isOurs && tokens.length + (expected === undefined ? 0 : 1) > 0;
  }

  private isSigned(query: URLSearchParams): boolean {
    const time = onlyOne(query, 'RequestTime') ?? '';
    const sign = onlyOne(query, 'Sign') ?? '';
    const shown = Buffer.from(/^[\da-f]{64}$/i.test(sign) ? sign : '', 'hex');
    let isSigned = false;
    for (const token of this.secrets.tokens) if (isSame(shown, digestOf(token + time))) isSigned = true;
    return isSigned && this.isRecent(time);
  }

  private isRecent(time: string): boolean {
    if (!/^\d{1,12}$/.test(time)) return false;
    return Math.abs(Math.floor(this.secrets.now() / 1000) - Number(time)) <= MAX_OFF_SECONDS;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isSame(shown: Buffer, expected: Buffer): boolean {
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

function onlyOne(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}
