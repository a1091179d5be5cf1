import type { Environment } from '../environment.js';
import { isLoopback, splitList } from './address.js';

/** Settings that are allowed but risky beyond this machine; logged once, at start. Never holds a value that may be secret. */
export function environmentWarnings(environment: Environment): string[] {
  const warnings: string[] = [];
  if (isPlainBeyondLoopback(environment.deskBaseUrl)) {
    warnings.push('DESK_BASE_URL is http:// beyond loopback: signatures and conversations cross the network readable');
  }
  if (environment.jwtJwksUrl !== undefined && isPlainBeyondLoopback(environment.jwtJwksUrl)) {
    warnings.push('JWT_JWKS_URL is http:// beyond loopback: whoever is in between can issue tokens');
  }
  if (environment.authMode === 'none' && !isLoopback(environment.host)) {
    warnings.push('AUTH_MODE is none and HOST is beyond loopback: whoever reaches the port reads every conversation');
  }
  const nodes = splitList(environment.redisUrl ?? '');
  const isRedisBeyondLoopback = nodes.some((node) => !isLoopback(new URL(node).hostname));
  if (isRedisBeyondLoopback && environment.cacheEncryptionKey === undefined) {
    warnings.push('REDIS_URL is beyond loopback and CACHE_ENCRYPTION_KEY is unset: conversations lie there readable');
  }
  return warnings;
}

function isPlainBeyondLoopback(address: string): boolean {
  const url = new URL(address);
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}
