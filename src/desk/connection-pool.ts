import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/**
 * A fixed limit (docs/configuration.md). The call queue enforces it, so that no call waits inside the agent, which has no
 * deadlines.
 */
export const MAX_CONNECTIONS = 100;

/** Keep-alive: a TLS handshake costs more than the call. */
const POOL = {
  keepAlive: true,
  maxSockets: MAX_CONNECTIONS,
  maxTotalSockets: MAX_CONNECTIONS,
  maxFreeSockets: 20,
  timeout: 60_000,
};

export function connectionPool(): { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent } {
  return { httpAgent: new HttpAgent(POOL), httpsAgent: new HttpsAgent(POOL) };
}
