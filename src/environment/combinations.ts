import type { Environment } from '../environment.js';
import type { VariableFault } from './texts.js';

/** Faults of combinations: variables that another one requires, and pairs that contradict each other. */
export function combinationFaults(environment: Environment): VariableFault[] {
  const faults: VariableFault[] = [];
  if (environment.authMode === 'api-key' && environment.apiKeys.length === 0) {
    faults.push(['API_KEYS', 'needs at least one name:sha256-hex pair where AUTH_MODE is api-key']);
  }
  if (environment.authMode === 'jwt') {
    const needed = [
      ['JWT_ISSUER', environment.jwtIssuer],
      ['JWT_AUDIENCE', environment.jwtAudience],
      ['JWT_JWKS_URL', environment.jwtJwksUrl],
    ] as const;
    for (const [name, value] of needed) {
      if (value === undefined) faults.push([name, 'is required where AUTH_MODE is jwt']);
    }
  }
  if (environment.jwtRequiredScope !== undefined && environment.authMode !== 'jwt') {
    faults.push(['JWT_REQUIRED_SCOPE', 'needs AUTH_MODE jwt']);
  }
  if (environment.redisSentinelName !== undefined && environment.redisUrl === undefined) {
    faults.push(['REDIS_SENTINEL_NAME', 'needs REDIS_URL, the list of the sentinels']);
  }
  if (environment.cacheFreshMinMs > environment.cacheFreshMaxMs) {
    faults.push(['CACHE_FRESH_MIN_MS', 'must not be more than CACHE_FRESH_MAX_MS']);
  }
  if (environment.deskCooldownMinMs > environment.deskCooldownMaxMs) {
    faults.push(['DESK_COOLDOWN_MIN_MS', 'must not be more than DESK_COOLDOWN_MAX_MS']);
  }
  return faults;
}
