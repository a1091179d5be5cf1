import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { Environment } from './environment.js';
import { EnvironmentError, environmentVariables, readEnvironment } from './environment/read-environment.js';

const minimal = { AUTH_MODE: 'none', DESK_SDK_APP_ID: '1400000000', DESK_SECRET_KEY: 'the-secret-key' };
const digest = 'ab'.repeat(32);

function faultsOf(source: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
  return [];
}

/** The fault of one variable in an otherwise valid environment. */
function faultOf(variable: string, text: string): string | undefined {
  return faultsOf({ ...minimal, [variable]: text }).find((fault) => fault.startsWith(`${variable}: `));
}

describe('readEnvironment', () => {
  it('has the documented defaults', () => {
    expect(Object.assign({}, readEnvironment(minimal))).toEqual({
      host: '127.0.0.1',
      port: 3000,
      deskBaseUrl: 'https://console.tim.qq.com',
      deskSdkAppId: 1400000000,
      deskIdentifier: 'administrator',
      deskUserSigTtlMs: 86400000,
      deskAttemptTimeoutMs: 4000,
      deskDeadlineMs: 10000,
      deskMaxRps: 20,
      deskCooldownMinMs: 1000,
      deskCooldownMaxMs: 60000,
      redisKeyPrefix: 'desk',
      cacheFreshMinMs: 2000,
      cacheFreshMaxMs: 60000,
      cacheStaleWhileRevalidateMs: 10000,
      cacheStaleIfErrorMs: 300000,
      cacheSealedMs: 3600000,
      cacheSealAfterMs: 600000,
      cacheNotFoundMs: 5000,
      cacheMemoryBytes: 67108864,
      authMode: 'none',
      webhookFreshMs: 30_000,
      streamMax: 1000,
      streamMaxPerCaller: 100,
      streamHeartbeatMs: 15_000,
      rateLimitPerMinute: 600,
      metricsPublic: false,
      corsOrigins: [],
      logLevel: 'info',
      shutdownTimeoutMs: 10000,
      otelExporterOtlpProtocol: 'http/protobuf',
      otelTracesSampler: 'parentbased_always_on',
      otelTracesSamplerArg: 1,
      otelTracesExporter: 'otlp',
      otelSdkDisabled: false,
    });
  });

  it('leaves out what is unset, and treats an empty value as unset', () => {
    const environment = readEnvironment({ ...minimal, HOST: '', PORT: '', REDIS_URL: '', API_KEYS: '', LOG_LEVEL: '' });
    expect(environment).toMatchObject({ host: '127.0.0.1', port: 3000, logLevel: 'info' });
    expect([environment.redisUrl, environment.cacheEncryptionKey, environment.apiKeys]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  it('accepts 0 where it means none, and long times that need no timer', () => {
    const zeros = { PORT: '0', CACHE_FRESH_MIN_MS: '0', CACHE_FRESH_MAX_MS: '0', RATE_LIMIT_PER_MINUTE: '0' };
    const times = { SHUTDOWN_TIMEOUT_MS: '0', DESK_USER_SIG_TTL_MS: '5184000000', CACHE_SEALED_MS: '5184000000' };
    expect(readEnvironment({ ...minimal, ...zeros, ...times })).toMatchObject({
      port: 0,
      cacheFreshMinMs: 0,
      cacheFreshMaxMs: 0,
      rateLimitPerMinute: 0,
      shutdownTimeoutMs: 0,
      deskUserSigTtlMs: 5184000000,
      cacheSealedMs: 5184000000,
    });
  });

  it.each(['1.0', '0x10', '+5', ' 5', '007', '1e3', '-1', '5s', '1_000', '٣'])('rejects the number %j', (text) => {
    expect(faultOf('DESK_DEADLINE_MS', text)).toBe('DESK_DEADLINE_MS: must be a whole number in plain decimal digits');
  });

  it.each([
    ['PORT', '65536', 'must be at most 65535'],
    ['DESK_SDK_APP_ID', '0', 'must be at least 1'],
    ['DESK_USER_SIG_TTL_MS', '1999', 'must be at least 2000'],
    ['DESK_MAX_RPS', '0', 'must be at least 1'],
    ['DESK_ATTEMPT_TIMEOUT_MS', '2147483648', 'must be at most 2147483647'],
    ['CACHE_SEALED_MS', '9'.repeat(400), 'must be at most 9007199254740991'],
    ['DESK_IDENTIFIER', 'a b', 'must be 1 to 32 characters out of A-Z a-z 0-9 _ -'],
    ['DESK_IDENTIFIER', 'a'.repeat(33), 'must be 1 to 32 characters out of A-Z a-z 0-9 _ -'],
    ['METRICS_PUBLIC', 'yes', 'must be true or false'],
    ['LOG_LEVEL', 'verbose', 'must be one of trace, debug, info, warn, error, fatal, silent'],
    ['AUTH_MODE', 'None', 'must be one of none, api-key, jwt'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'tempo:4318', 'must be an http:// or https:// URL'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'grpc://tempo:4317', 'must be an http:// or https:// URL'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'must be one of http/protobuf, http/json'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.01', 'must be a number from 0 to 1'],
    ['OTEL_TRACES_SAMPLER_ARG', '1%', 'must be a number from 0 to 1'],
  ])('refuses %s=%s', (variable, text, message) => {
    expect(faultOf(variable, text)).toBe(`${variable}: ${message}`);
  });

  it.each([
    [
      { CACHE_FRESH_MIN_MS: '2', CACHE_FRESH_MAX_MS: '1' },
      'CACHE_FRESH_MIN_MS: must not be more than CACHE_FRESH_MAX_MS',
    ],
    [
      { DESK_COOLDOWN_MIN_MS: '1000', DESK_COOLDOWN_MAX_MS: '999' },
      'DESK_COOLDOWN_MIN_MS: must not be more than DESK_COOLDOWN_MAX_MS',
    ],
    [{ REDIS_SENTINEL_NAME: 'main' }, 'REDIS_SENTINEL_NAME: needs REDIS_URL, the list of the sentinels'],
    [{ AUTH_MODE: 'api-key' }, 'API_KEYS: needs at least one name:sha256-hex pair where AUTH_MODE is api-key'],
    [
      { AUTH_MODE: 'api-key', API_KEYS: '# nobody yet\n\n' },
      'API_KEYS: needs at least one name:sha256-hex pair where AUTH_MODE is api-key',
    ],
  ])('refuses the combination %j', (source, fault) => {
    expect(faultsOf({ ...minimal, ...source })).toEqual([fault]);
  });

  it.each([
    [{ CACHE_FRESH_MAX_MS: '0' }, { cacheFreshMinMs: 0, cacheFreshMaxMs: 0 }],
    [{ CACHE_FRESH_MIN_MS: '60001' }, { cacheFreshMinMs: 60_001, cacheFreshMaxMs: 60_001 }],
    [{ CACHE_FRESH_MIN_MS: '3000' }, { cacheFreshMinMs: 3000, cacheFreshMaxMs: 60_000 }],
    [{ DESK_COOLDOWN_MAX_MS: '500' }, { deskCooldownMinMs: 500, deskCooldownMaxMs: 500 }],
  ])('with %j alone, the default of the other bound yields', (source, expected) => {
    expect(readEnvironment({ ...minimal, ...source })).toMatchObject(expected);
  });

  it('requires all three JWT variables in jwt mode, and nothing else', () => {
    const jwt = { ...minimal, AUTH_MODE: 'jwt', JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'desk' };
    expect(faultsOf(jwt)).toEqual(['JWT_JWKS_URL: is required where AUTH_MODE is jwt']);
    expect(faultsOf({ ...jwt, JWT_JWKS_URL: 'https://id.example/keys?p=1' })).toEqual([]);
  });

  it('lists every fault at once, one a line, each variable once', () => {
    const source = { PORT: '99999', API_KEYS: 'x', AUTH_MODE: 'api-key', REDIS_SENTINEL_NAME: 'main', REDIS_URL: '::' };
    expect(() => readEnvironment(source)).toThrow(
      [
        'The environment does not allow a start:',
        '  PORT: must be at most 65535',
        '  DESK_SDK_APP_ID: is required',
        '  DESK_SECRET_KEY: is required',
        '  REDIS_URL: must be a redis:// or rediss:// URL, or several of them, separated by commas',
        '  API_KEYS: entry 1 is not name:sha256-hex (a name of A-Z a-z 0-9 _ . - and 64 hex digits)',
      ].join('\n'),
    );
  });

  it('cannot be changed', () => {
    const environment = readEnvironment({ ...minimal, CORS_ORIGINS: 'https://a.example', API_KEYS: `a:${digest}` });
    expect([environment, environment.corsOrigins, environment.apiKeys].every(Object.isFrozen)).toBe(true);
  });
});

describe('secrets', () => {
  const secrets = {
    DESK_SECRET_KEY: 'the-secret-key',
    REDIS_URL: 'redis://:the-password@redis',
    API_KEYS: `ops:${digest}`,
    CACHE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://traces.example/the-token',
  };

  it('are readable, but not visible', () => {
    const environment = readEnvironment({ ...minimal, ...secrets });
    expect(environment.deskSecretKey).toBe('the-secret-key');
    expect(environment.redisUrl).toBe('redis://:the-password@redis');
    expect(environment.apiKeys).toEqual([{ name: 'ops', digest: Buffer.from(digest, 'hex') }]);
    expect(environment.cacheEncryptionKey).toEqual(Buffer.alloc(32, 7));
    for (const shown of [
      inspect(environment, { depth: 9 }),
      JSON.stringify(environment),
      inspect(Object.assign({}, environment)),
    ]) {
      expect(shown).not.toMatch(/secretKey|redisUrl|apiKeys|encryptionKey|the-secret-key|the-password|the-token/i);
    }
  });

  it('are in no error message, even if they are invalid', () => {
    const wrong = {
      DESK_SECRET_KEY: 'leak-1',
      DESK_SECRET_KEY_FILE: '/leak-2',
      REDIS_URL: 'http://:leak-3@redis',
      API_KEYS: 'ops:leak-4',
      CACHE_ENCRYPTION_KEY: 'leak-5',
      DESK_BASE_URL: 'https://user:leak-6@desk.example',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:leak-7@traces.example',
    };
    let thrown: unknown;
    try {
      readEnvironment({ ...minimal, ...wrong });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(EnvironmentError);
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain('leak');
    expect(faultsOf({ ...minimal, ...wrong })).toHaveLength(6);
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const source = new Map([...text.matchAll(/^([A-Z]\w*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));

  it('names every variable that is read, and no other', () => {
    expect([...source.keys()]).toEqual(environmentVariables);
  });

  it('shows the defaults', () => {
    const required = { AUTH_MODE: 'none', DESK_SDK_APP_ID: '1400000000', DESK_SECRET_KEY: 'x' };
    const example = readEnvironment({ ...Object.fromEntries(source), ...required });
    expect(example).toEqual(readEnvironment(required));
    expect(example).toBeInstanceOf(Environment);
  });
});
