import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from './read-environment.js';
import { environmentWarnings } from './warnings.js';

const minimal = { AUTH_MODE: 'none', DESK_SDK_APP_ID: '1400000000', DESK_SECRET_KEY: 'x' };
const key = Buffer.alloc(32).toString('base64');

function warnedOf(source: NodeJS.ProcessEnv): string[] {
  return environmentWarnings(readEnvironment({ ...minimal, ...source })).map(
    (warning) => warning.split(' is ')[0] ?? '',
  );
}

describe('environmentWarnings', () => {
  it.each([
    {},
    { DESK_BASE_URL: 'http://127.0.0.1:8080', HOST: '::1' },
    { REDIS_URL: 'redis://localhost,redis://[::1]:6380' },
    { REDIS_URL: 'redis://redis', CACHE_ENCRYPTION_KEY: key },
    { HOST: '0.0.0.0', AUTH_MODE: 'api-key', API_KEYS: `a:${'0'.repeat(64)}` },
    { JWT_JWKS_URL: 'https://id.example/keys' },
  ])('has nothing to say about %j', (source) => {
    expect(warnedOf(source)).toEqual([]);
  });

  it.each([
    [{ DESK_BASE_URL: 'http://desk.example' }, 'DESK_BASE_URL'],
    [{ JWT_JWKS_URL: 'http://id.example/keys' }, 'JWT_JWKS_URL'],
    [{ HOST: '0.0.0.0' }, 'AUTH_MODE'],
    [{ REDIS_URL: 'redis://localhost,rediss://:password@redis' }, 'REDIS_URL'],
  ])('warns of %j', (source, variable) => {
    expect(warnedOf(source)).toEqual([variable]);
  });

  it('never shows the Redis password', () => {
    const environment = readEnvironment({ ...minimal, REDIS_URL: 'redis://:the-password@redis' });
    expect(environmentWarnings(environment).join()).not.toContain('the-password');
  });
});
