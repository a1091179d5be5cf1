import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { startServer } from './server-process.mjs';

export const API_KEY = 'bench-5f0c4a7d1e9b42a6bb0e';
export const API_KEY_SHA256 = createHash('sha256').update(API_KEY).digest('hex');

/** What a client of the bench sends with every request. */
export const CLIENT_HEADERS = { 'x-api-key': API_KEY, accept: 'application/json', 'user-agent': 'bench' };

/**
 * The simulator's public demo credentials. Everything else is the default, except the caller's limit: see `limited`.
 */
const ENVIRONMENT = {
  PORT: '0',
  DESK_SDK_APP_ID: '1400000000',
  DESK_SECRET_KEY: '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e',
  DESK_MAX_RPS: '1000000',
  AUTH_MODE: 'api-key',
  API_KEYS: `bench:${API_KEY_SHA256}`,
  RATE_LIMIT_PER_MINUTE: '0',
};

/** Fresh for as long as the bench runs, so that a case about hits measures hits. */
export const LONG_FRESH = { CACHE_FRESH_MIN_MS: '3600000', CACHE_FRESH_MAX_MS: '3600000' };

/** A caller's limit that is counted in Redis and never reached. */
export const LIMITED = { RATE_LIMIT_PER_MINUTE: '100000000' };

/** The access and the audit line. */
const LINES_PER_REQUEST = 2;

/** As in `npm start` and in the image. */
const NODE_OPTIONS = ['--max-semi-space-size=16'];

/** The built service with api-key, access log, metrics and security headers on. */
export async function startService(desk, environment = {}, nodeOptions = []) {
  const settings = { ...ENVIRONMENT, DESK_BASE_URL: desk.url, ...environment };
  const server = await startServer('dist/main.js', settings, [...NODE_OPTIONS, ...nodeOptions]);
  return { ...server, linesPerRequest: LINES_PER_REQUEST };
}

/** The simulator as the desk. */
export function startDesk() {
  return startServer('dist/simulator/main.js', { SIMULATOR_PORT: '0' });
}

export async function deskCalls(desk) {
  return (await getJson(`${desk.url}/simulator/calls?last=1`)).count;
}

/** URL of a call that the desk accepts for a day. */
export async function signedUrl(desk) {
  return desk.url + (await getJson(`${desk.url}/simulator/signed-path`)).path;
}

/** One answer as it came over the wire. */
export function get(url, headers = {}, { agent, method = 'GET', body } = {}) {
  return new Promise((resolve, reject) => {
    request(url, { agent, method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode, rawHeaders: response.rawHeaders, body: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end(body);
  });
}

async function getJson(url) {
  return JSON.parse((await get(url)).body.toString());
}

/** What `servers/bare-*.mjs` need to repeat an answer. node:http writes the three connection headers itself. */
export function asEnvironment({ status, rawHeaders, body }) {
  const headers = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (!/^(date|connection|keep-alive)$/i.test(rawHeaders[i])) headers[rawHeaders[i]] = rawHeaders[i + 1];
  }
  return { STATUS: String(status), HEADERS: JSON.stringify(headers), BODY: body.toString('base64') };
}
