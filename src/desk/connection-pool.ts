import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** At most (contract). The call queue keeps to it, so that no call waits inside the agent, where no deadline is seen. */
export const MAX_CONNECTIONS = 100;

/** Kept alive: a TLS handshake costs more than the call. */
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
