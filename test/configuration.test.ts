import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { ask } from './http.js';
import { deskCredentials, runService, startService } from './service.js';

const GOOD = { ...deskCredentials, AUTH_MODE: 'none', PORT: '0' };

function expectCleanEnd({ code, output }: { code: number | null; output: string }): void {
  expect(code).toBe(1);
  expect(output).not.toMatch(/^\s+at /m);
  expect(output).not.toContain('node:internal');
  expect(output).not.toContain(deskCredentials.DESK_SECRET_KEY);
}

test('every fault is listed at once, without the values', async () => {
  const secrets = {
    DESK_SECRET_KEY: 'planted-secret-key',
    DESK_SECRET_KEY_FILE: '/planted/secret-path',
    API_KEYS: 'planted-name:planted-key',
    CACHE_ENCRYPTION_KEY: 'planted-encryption-key',
    REDIS_URL: 'http://user:planted-password@redis',
  };
  const faulty = {
    ...secrets,
    PORT: '65536',
    DESK_BASE_URL: 'ftp://user:planted-password@desk',
    DESK_SDK_APP_ID: '14e8',
    DESK_IDENTIFIER: 'not an identifier',
    DESK_USER_SIG_TTL_MS: '1999',
    DESK_ATTEMPT_TIMEOUT_MS: '-1',
    DESK_DEADLINE_MS: '1.5',
    DESK_MAX_RPS: '0',
    DESK_COOLDOWN_MIN_MS: '1s',
    DESK_COOLDOWN_MAX_MS: ' 5',
    CACHE_FRESH_MIN_MS: '+1',
    CACHE_FRESH_MAX_MS: '0x10',
    CACHE_STALE_WHILE_REVALIDATE_MS: 'x',
    CACHE_STALE_IF_ERROR_MS: 'x',
    CACHE_SEALED_MS: 'x',
    CACHE_SEAL_AFTER_MS: 'x',
    CACHE_NOT_FOUND_MS: 'x',
    CACHE_MEMORY_BYTES: 'x',
    AUTH_MODE: 'password',
    JWT_JWKS_URL: 'jwks',
    RATE_LIMIT_PER_MINUTE: 'many',
    METRICS_PUBLIC: 'yes',
    CORS_ORIGINS: '*',
    LOG_LEVEL: 'loud',
    SHUTDOWN_TIMEOUT_MS: '',
  };
  const ended = await runService({ ...faulty, SHUTDOWN_TIMEOUT_MS: '10s' });
  expectCleanEnd(ended);
  for (const name of Object.keys(faulty)) {
    if (!name.endsWith('_FILE')) expect(ended.output).toContain(name);
  }
  expect(ended.output).not.toMatch(/planted-|14e8/);
  expect(ended.output.split('\n').filter((line) => line.startsWith('{'))).toEqual([]);
});

test('required variables are named if nothing is set', async () => {
  const ended = await runService({});
  expectCleanEnd(ended);
  expect(ended.output.match(/^\s+([A-Z_]+):/gm)?.map((line) => line.trim())).toEqual([
    'DESK_SDK_APP_ID:',
    'DESK_SECRET_KEY:',
    'AUTH_MODE:',
  ]);
});

test('an empty value counts as unset', async () => {
  const ended = await runService({ ...GOOD, DESK_SDK_APP_ID: '', AUTH_MODE: '', LOG_LEVEL: '', PORT: '' });
  expectCleanEnd(ended);
  expect(ended.output).toContain('DESK_SDK_APP_ID');
  expect(ended.output).toContain('AUTH_MODE');
  expect(ended.output).not.toMatch(/LOG_LEVEL|PORT/);
});

test.each([
  ['api-key', ['API_KEYS']],
  ['jwt', ['JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_JWKS_URL']],
])('AUTH_MODE %s names its missing variables', async (mode, names) => {
  const ended = await runService({ ...GOOD, AUTH_MODE: mode });
  expectCleanEnd(ended);
  for (const name of names) expect(ended.output).toContain(name);
});

test('a secret may come from a file, its surrounding white space trimmed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'desk-bff-'));
  const file = join(directory, 'key');
  writeFileSync(file, `\n ${deskCredentials.DESK_SECRET_KEY}\n\n`);
  const service = await startService({ DESK_SECRET_KEY: '', DESK_SECRET_KEY_FILE: file });
  expect((await ask(service, '/health/ready')).status).toBe(200);
  await service.kill();
  rmSync(directory, { recursive: true });

  const missing = await runService({ ...GOOD, DESK_SECRET_KEY: '', DESK_SECRET_KEY_FILE: file });
  expectCleanEnd(missing);
  expect(missing.output).toMatch(/DESK_SECRET_KEY_FILE.*ENOENT/);
  expect(missing.output).not.toContain(file);
});

test('an address in use ends the start with one line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const ended = await runService({ ...GOOD, PORT: String(port) });
  server.close();
  expectCleanEnd(ended);
  expect(ended.output).toContain('EADDRINUSE');
});

test('http:// beyond loopback is allowed, with a warning that names no secret', async () => {
  const service = await startService({ DESK_BASE_URL: 'http://desk.example' });
  expect(service.output()).toMatch(/"level":40.*DESK_BASE_URL/);
  await service.kill();
  const local = await startService({ DESK_BASE_URL: 'http://127.0.0.1:1' });
  expect(local.output()).not.toMatch(/"level":40/);
  await local.kill();
});
