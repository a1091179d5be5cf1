import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { type Logger } from 'pino';
import { type Clock } from '../clock.js';
import { fetchJwkSet, JwkSetError } from './jwk-set.js';

/** The issuer's keys cannot be fetched, so tokens cannot be verified. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
}

export interface IssuerKeysParts {
  readonly url: URL;
  readonly now: Clock;
  readonly logger: Logger;
  /** Called after a fetch: keys may have been added or withdrawn. */
  readonly onFetched: () => void;
}

/** Anybody can send a token with an unknown key id, so keys are fetched at most once a second. */
const PAUSE_MS = 1000;
/** A withdrawn key is accepted for at most this long. */
const REFRESH_MS = 300_000;
const RETRY_MS = 30_000;
/** While the issuer is unavailable its last keys are used for this long. */
const LAST_RESORT_MS = 3_600_000;

/** The keys behind JWT_JWKS_URL. jose picks among them; when to fetch is decided here. */
export class IssuerKeys {
  private pick: JWTVerifyGetKey = createLocalJWKSet({ keys: [] });
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private fetching: Promise<boolean> | undefined;

  constructor(private readonly parts: IssuerKeysParts) {}

  /** @throws KeysUnavailableError, or an error of jose if no key matches */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    // Not a valid key id, so nothing is fetched for it.
    if (header.kid !== undefined && typeof header.kid !== 'string') throw new errors.JWSInvalid('"kid" is no text');
    await this.refreshIfOld();
    try {
      return await this.pick(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // An unknown key id: the issuer may have added a key.
      if (!(await this.fetch()))
        throw new KeysUnavailableError("the issuer's keys cannot be fetched", { cause: error });
      return this.pick(header, token);
    }
  };

  private async refreshIfOld(): Promise<void> {
    const age = this.parts.now() - this.fetchedAt;
    if (age < REFRESH_MS) return;
    const isUsable = age < LAST_RESORT_MS;
    if (isUsable && this.parts.now() - this.triedAt < RETRY_MS) return;
    if (!(await this.fetch()) && !isUsable) throw new KeysUnavailableError("the issuer's keys cannot be fetched");
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
      logger.warn({ reason: reasonOf(error) }, 'the keys of JWT_JWKS_URL cannot be fetched');
      return false;
    }
  }
}

/** Only the code or the name of errors of fetch: their messages may contain the address. */
function reasonOf(error: unknown): string {
  if (error instanceof JwkSetError) return error.message;
  if (!(error instanceof Error)) return 'unknown';
  // fetch throws a TypeError for every fault of the network; the fault itself is its cause.
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.name;
}
