import { createHmac } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export interface UserSigClaims {
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly identifier: string;
  /** Signing time in Unix seconds. */
  readonly time: number;
  /** Lifetime in seconds: a duration, not a point in time. */
  readonly expire: number;
}

/** TLSSigAPIv2 (as in Tencent's own tls-sig-api-v2 libraries). The key is used as text: its hex is not decoded. */
export function signUserSig({ sdkAppId, secretKey, identifier, time, expire }: UserSigClaims): string {
  const lines = [
    `TLS.identifier:${identifier}`,
    `TLS.sdkappid:${sdkAppId}`,
    `TLS.time:${time}`,
    `TLS.expire:${expire}`,
  ];
  const document = {
    'TLS.ver': '2.0',
    'TLS.identifier': identifier,
    'TLS.sdkappid': sdkAppId,
    'TLS.time': time,
    'TLS.expire': expire,
    'TLS.sig': createHmac('sha256', secretKey)
      .update(`${lines.join('\n')}\n`)
      .digest('base64'),
  };
  // Level 0, as in Tencent's Go library: the result is the same with every zlib.
  const deflated = deflateSync(JSON.stringify(document), { level: 0 }).toString('base64');
  // Tencent's own alphabet, not base64url.
  return deflated.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_');
}

export interface UserSigOptions {
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly identifier: string;
  readonly ttlMs: number;
  /** The wall clock in milliseconds: the desk compares its own with the signing time. */
  readonly now: () => number;
  readonly onSigned?: () => void;
}

interface Signed {
  readonly text: string;
  /** The second of the wall clock in which it was signed. */
  readonly second: number;
  readonly renewAtMs: number;
}

const USED_SHARE = 0.8;
const RENEWAL_PAUSE_MS = 1000;

/** The signature of this process. Signing is synchronous, so concurrent calls share one signature. */
export class UserSig {
  readonly #options: UserSigOptions;
  readonly #expire: number;
  #signed: Signed | undefined;
  #renewedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: UserSigOptions) {
    this.#options = options;
    this.#expire = Math.max(2, Math.floor(options.ttlMs / 1000));
  }

  current(): string {
    const nowMs = this.#options.now();
    const second = Math.floor(nowMs / 1000);
    const signed = this.#signed;
    // After the clock was set back, the signature is dated in the future, and the desk may refuse it.
    const serves = signed && (second === signed.second || (second > signed.second && nowMs < signed.renewAtMs));
    return serves ? signed.text : this.#sign(second, second);
  }

  /**
   * A signature to use instead of a refused one: the current one if it differs, else a new one, or `undefined` if the
   * last renewal is less than a second ago.
   */
  renew(refused: string): string | undefined {
    const current = this.current();
    if (current !== refused) return current;
    const nowMs = this.#options.now();
    // The absolute distance: a clock that was set back must not forbid renewals until it has caught up.
    if (Math.abs(nowMs - this.#renewedAtMs) < RENEWAL_PAUSE_MS) return undefined;
    this.#renewedAtMs = nowMs;
    const second = Math.floor(nowMs / 1000);
    // Signing twice within a second gives the same text, so the new one is dated a second back.
    return this.#sign(second, second === this.#signed?.second ? second - 1 : second);
  }

  #sign(second: number, time: number): string {
    const { sdkAppId, secretKey, identifier, onSigned } = this.#options;
    const text = signUserSig({ sdkAppId, secretKey, identifier, time, expire: this.#expire });
    this.#signed = { text, second, renewAtMs: (time + this.#expire * USED_SHARE) * 1000 };
    onSigned?.();
    return text;
  }
}
