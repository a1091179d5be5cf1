import type { Environment } from '../environment.js';
import type { VariableFault } from './texts.js';
import { variableName } from './variable.js';

/** The lower and the upper bound of the same thing. */
const bounds = [
  ['cacheFreshMinMs', 'cacheFreshMaxMs'],
  ['deskCooldownMinMs', 'deskCooldownMaxMs'],
] as const;

/** Where only one of two bounds is set, the default of the other one yields to it. */
export function yieldDefaults(environment: Environment, isSet: (name: string) => boolean): void {
  for (const [least, most] of bounds) {
    if (environment[least] <= environment[most]) continue;
    if (!isSet(variableName(least))) Reflect.set(environment, least, environment[most]);
    else if (!isSet(variableName(most))) Reflect.set(environment, most, environment[least]);
  }
}

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
  for (const [least, most] of bounds) {
    if (environment[least] > environment[most]) {
      faults.push([variableName(least), `must not be more than ${variableName(most)}`]);
    }
  }
  return faults;
}
