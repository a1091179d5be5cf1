import { createHash, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type ApiKey } from '../environment/secrets.js';
import { Authenticator, type Caller, callerNamed } from './authenticator.js';
import { apiKeyIn } from './credentials.js';

/** AUTH_MODE=api-key: a caller has a key whose SHA-256 is in API_KEYS. */
export class ApiKeyAuthenticator extends Authenticator {
  /** Only valid keys, so that nobody can fill it with others or learn from its timing. */
  private readonly verified = new LRUCache<string, Caller>({ max: 1000 });

  constructor(private readonly keys: readonly ApiKey[]) {
    super();
  }

  override recall({ headers }: IncomingMessage): Caller | undefined {
    const key = apiKeyIn(headers);
    return key === undefined ? undefined : this.verified.get(key);
  }

  override authenticate({ headers }: IncomingMessage): Caller | undefined {
    const key = apiKeyIn(headers);
    if (key === undefined) return undefined;
    const caller = this.verify(key);
    if (caller !== undefined) this.verified.set(key, caller);
    return caller;
  }

  /** Compares with every key, so that the timing reveals nothing. */
  private verify(key: string): Caller | undefined {
    // Node decodes headers as latin1; this hashes the bytes that were sent.
    const sent = createHash('sha256').update(key, 'latin1').digest();
    let caller: Caller | undefined;
    for (const { name, digest } of this.keys) if (timingSafeEqual(digest, sent)) caller = callerNamed(name);
    return caller;
  }
}
