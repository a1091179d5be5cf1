import { type IncomingMessage } from 'node:http';
import { errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';
import { LRUCache } from 'lru-cache';
import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { ProblemError } from '../problem/problem.js';
import { Authenticator, type Caller } from './authenticator.js';
import { tokenIn } from './credentials.js';
import { IssuerKeys, KeysUnavailableError } from './issuer-keys.js';

/** Asymmetric only: with HMAC in the list, the public key could be used as the secret. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
/** How long a verified token is accepted without verifying it again, if it does not expire before. */
const VERIFIED_MS = 30_000;
const RETRY_AFTER_MS = 2000;

export interface JwtAuthenticatorParts {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  readonly now: Clock;
  readonly logger: Logger;
}

interface VerifiedToken {
  readonly caller: Caller;
  readonly until: number;
}

/** AUTH_MODE=jwt: a caller is the subject of a token of JWT_ISSUER for JWT_AUDIENCE. */
export class JwtAuthenticator extends Authenticator {
  private readonly verified = new LRUCache<string, VerifiedToken>({
    max: 1000,
    maxSize: 4_000_000,
    sizeCalculation: (_verified, token) => token.length,
  });
  private readonly keys: IssuerKeys;
  private readonly options: JWTVerifyOptions;
  private readonly now: Clock;

  constructor({ issuer, audience, jwksUrl, now, logger }: JwtAuthenticatorParts) {
    super();
    this.now = now;
    this.options = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['exp', 'sub'] };
    const onFetched = () => {
      this.verified.clear();
    };
    this.keys = new IssuerKeys({ url: new URL(jwksUrl), now, logger, onFetched });
  }

  override recall({ headers }: IncomingMessage): Caller | undefined {
    const token = tokenIn(headers);
    const known = token === undefined ? undefined : this.verified.get(token);
    return known !== undefined && known.until > this.now() ? known.caller : undefined;
  }

  override authenticate({ headers }: IncomingMessage): Promise<Caller | undefined> | undefined {
    const token = tokenIn(headers);
    return token === undefined ? undefined : this.verifiedCaller(token);
  }

  private async verifiedCaller(token: string): Promise<Caller | undefined> {
    const payload = await this.verify(token);
    const caller = payload && callerOf(payload);
    if (caller === undefined) return undefined;
    this.verified.set(token, { caller, until: Math.min(caller.expiresAt, this.now() + VERIFIED_MS) });
    return caller;
  }

  private async verify(token: string): Promise<JWTPayload | undefined> {
    try {
      return (await jwtVerify(token, this.keys.find, { ...this.options, currentDate: new Date(this.now()) })).payload;
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return this.verifyWithEach(token, error);
      if (!(error instanceof KeysUnavailableError)) return undefined;
      const detail = 'Tokens cannot be checked at the moment. Try again later.';
      throw new ProblemError('unavailable', { detail, retryAfterMs: RETRY_AFTER_MS }, { cause: error });
    }
  }

  /** A token without key id, while the issuer has several keys, as during a key rotation. */
  private async verifyWithEach(token: string, keys: errors.JWKSMultipleMatchingKeys): Promise<JWTPayload | undefined> {
    for await (const key of keys) {
      try {
        return (await jwtVerify(token, key, { ...this.options, currentDate: new Date(this.now()) })).payload;
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) return undefined;
      }
    }
    return undefined;
  }
}

/** undefined without a usable subject. jose does not check the types that it declares for claims. */
function callerOf({ sub, exp = 0, scope, scp }: JWTPayload): Caller | undefined {
  const name: unknown = sub;
  // OpenID Connect Core §2 allows 255 characters; longer ones would only enlarge keys and log lines.
  if (typeof name !== 'string' || name.trim() === '' || name.length > 255) return undefined;
  return { name, scopes: new Set([...scopesIn(scope), ...scopesIn(scp)]), expiresAt: exp * 1000 };
}

/** A string separated by blanks (RFC 8693 §4.2), or a list of strings, which some issuers send as `scp`. */
function scopesIn(claim: unknown): string[] {
  const list: readonly unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return list.filter((scope) => typeof scope === 'string').filter((scope) => scope !== '');
}
