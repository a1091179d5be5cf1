import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** At most 100 connections to the desk (contract), kept alive: a TLS handshake costs more than the call. */
const POOL = { keepAlive: true, maxSockets: 100, maxTotalSockets: 100, maxFreeSockets: 20, timeout: 60_000 };

export function connectionPool(): { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent } {
  return { httpAgent: new HttpAgent(POOL), httpsAgent: new HttpsAgent(POOL) };
}
