import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask, speak } from './http.js';
import { type Service, startService } from './service.js';

const PATH = '/sessions/empty-session/messages';
const KEY = 'first-key-of-ann';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({
    DESK_BASE_URL: simulator.url,
    AUTH_MODE: 'api-key',
    API_KEYS: `ann:${sha256(KEY)},ann:${sha256('second-key')},bob:${sha256('bobs-key')}`,
  });
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

test('a key is accepted in either header, and each key of a caller works', async () => {
  for (const key of [KEY, 'second-key', 'bobs-key', KEY]) {
    expect((await ask(service, PATH, { headers: { 'x-api-key': key } })).status).toBe(200);
    expect((await ask(service, PATH, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
    expect((await ask(service, PATH, { headers: { authorization: `bearer  ${key}` } })).status).toBe(200);
  }
});

const WRONG: Record<string, Record<string, string>> = {
  none: {},
  empty: { 'x-api-key': '' },
  unknown: { 'x-api-key': 'no-key' },
  'the digest instead of the key': { 'x-api-key': sha256(KEY) },
  'name and digest': { 'x-api-key': `ann:${sha256(KEY)}` },
  'name and key': { 'x-api-key': `ann:${KEY}` },
  'a letter less': { 'x-api-key': KEY.slice(0, -1) },
  'a letter more': { 'x-api-key': `${KEY}x` },
  'upper case': { 'x-api-key': KEY.toUpperCase() },
  quoted: { 'x-api-key': `"${KEY}"` },
  'with a scheme': { 'x-api-key': `Bearer ${KEY}` },
  'two keys': { 'x-api-key': `${KEY}, ${KEY}` },
  'both headers': { 'x-api-key': KEY, authorization: `Bearer ${KEY}` },
  'both headers, one empty': { 'x-api-key': KEY, authorization: '' },
  'no scheme': { authorization: KEY },
  'scheme alone': { authorization: 'Bearer' },
  'scheme and blank': { authorization: 'Bearer ' },
  'another scheme': { authorization: `ApiKey ${KEY}` },
  basic: { authorization: `Basic ${Buffer.from(`ann:${KEY}`).toString('base64')}` },
  'two words': { authorization: `Bearer ${KEY} ${KEY}` },
  'a list': { authorization: `Bearer ${KEY},${KEY}` },
  cookie: { cookie: `X-API-Key=${KEY}` },
  'other header': { 'api-key': KEY },
};

test.each(Object.keys(WRONG))('401 for a wrong form of key: %s', async (form) => {
  const answer = await ask(service, `${PATH}?api_key=${KEY}&key=${KEY}`, { headers: WRONG[form] ?? {} });
  expect(answer.status).toBe(401);
  expect(answer.json()).toMatchObject({ code: 'unauthorized' });
  expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="desk-bff"/);
  expect(answer.text).not.toContain(KEY);
});

test('a header given twice is 401, even with the same key', async () => {
  for (const header of [`X-API-Key: ${KEY}`, `Authorization: Bearer ${KEY}`]) {
    const [answer] = await speak(
      service,
      `GET ${PATH} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${header}\r\n${header}\r\n\r\n`,
    );
    expect(answer?.status).toBe(401);
  }
});

test('npm run api-key makes a key and the line that admits it', async () => {
  const printed = execFileSync(process.execPath, ['scripts/api-key.mjs', 'carl'], { encoding: 'utf8' });
  const [, key = '', line = ''] = /:\n(\S{43})\n\n.*:\n(carl:[\da-f]{64})\n$/.exec(printed) ?? [];
  expect(line).toBe(`carl:${sha256(key)}`);
  const other = await startService({ DESK_BASE_URL: simulator.url, AUTH_MODE: 'api-key', API_KEYS: line });
  expect((await ask(other, PATH, { headers: { 'x-api-key': key } })).status).toBe(200);
  expect((await ask(other, PATH, { headers: { 'x-api-key': KEY } })).status).toBe(401);
  await other.kill();
});
