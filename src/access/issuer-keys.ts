import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { fetchJwkSet, JwkSetError } from './jwk-set.js';

/** The issuer's keys cannot be had, so nobody can tell whether a token is right. */
export class KeysAwayError extends Error {
  override readonly name = 'KeysAwayError';
}

export interface IssuerKeysParts {
  readonly url: URL;
  readonly now: Clock;
  readonly logger: Logger;
  /** The keys are new ones, perhaps without some that were there before. */
  readonly onFetched: () => void;
}

/** Strangers choose which key ids are looked for, so the issuer is asked once a second at most. */
const PAUSE_MS = 1000;
/** A key that the issuer withdrew counts for this long. */
const REFRESH_MS = 300_000;
const RETRY_MS = 30_000;
/** While the issuer is away its last keys count for this long. */
const LAST_RESORT_MS = 3_600_000;

/** The keys behind JWT_JWKS_URL. jose picks among them; when to fetch is decided here. */
export class IssuerKeys {
  private pick: JWTVerifyGetKey = createLocalJWKSet({ keys: [] });
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private fetching: Promise<boolean> | undefined;

  constructor(private readonly parts: IssuerKeysParts) {}

  /** @throws KeysAwayError, or jose's word for why no key fits */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    // No key has such an id, so the issuer is not asked for one.
    if (header.kid !== undefined && typeof header.kid !== 'string') throw new errors.JWSInvalid('"kid" is no text');
    await this.refreshIfOld();
    try {
      return await this.pick(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // An id not seen before: the issuer may have a new key, and whoever bears its token is no stranger.
      if (!(await this.fetch())) throw new KeysAwayError("the issuer's keys cannot be fetched", { cause: error });
      return this.pick(header, token);
    }
  };

  private async refreshIfOld(): Promise<void> {
    const age = this.parts.now() - this.fetchedAt;
    if (age < REFRESH_MS) return;
    const isUsable = age < LAST_RESORT_MS;
    if (isUsable && this.parts.now() - this.triedAt < RETRY_MS) return;
    if (!(await this.fetch()) && !isUsable) throw new KeysAwayError("the issuer's keys cannot be fetched");
  }

  private fetch(): Promise<boolean> {
    this.fetching ??= this.fetchOnce().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async fetchOnce(): Promise<boolean> {
    const { url, now, logger, onFetched } = this.parts;
    const pause = this.triedAt + PAUSE_MS - now();
    if (pause > 0 && this.fetchedAt < this.triedAt) return false;
    if (pause > 0) await sleep(pause);
    this.triedAt = now();
    try {
      this.pick = createLocalJWKSet(await fetchJwkSet(url));
      this.fetchedAt = now();
      onFetched();
      return true;
    } catch (error) {
      logger.warn({ reason: reasonOf(error) }, 'the keys of JWT_JWKS_URL stay away');
      return false;
    }
  }
}

/** Of fetch's own errors the name only: their messages may carry the address. */
function reasonOf(error: unknown): string {
  if (error instanceof JwkSetError) return error.message;
  return error instanceof Error ? error.name : 'unknown';
}
