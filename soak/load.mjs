import { Agent, request } from 'node:http';

/**
 * Idle connections are closed before the service closes them (72 s), as load balancers do: a request that is sent while
 * the other side closes is lost.
 */
const IDLE_MS = 60_000;
const agent = new Agent({ keepAlive: true, maxSockets: 200, timeout: IDLE_MS });

/**
 * The load of dashboards: mostly the newest page of a few busy sessions, sometimes history, rarely an invalid request.
 */
export function pickPath(random) {
  const dice = random();
  if (dice < 0.45) return `/sessions/load-${Math.floor(random() * 20)}/messages`;
  if (dice < 0.6) return '/sessions/growing-session/messages?limit=50';
  if (dice < 0.75) return `/sessions/long-session/messages?limit=20&offset=${Math.floor(random() * 60) * 20}&order=asc`;
  if (dice < 0.9) return `/sessions/load-${Math.floor(random() * 2000)}/messages?limit=100&order=asc`;
  if (dice < 0.95) return `/sessions/nobody-${Math.floor(random() * 50)}/messages`;
  return '/sessions/b0f4ca12-4850-4218-a284-efe679a87066/messages?limit=1.0';
}

/** One request; resolves with its status, or with `lost` and the reason if the connection ended (a killed replica). */
export function get(url, headers = {}) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (status, reason) => resolve({ status, reason, ms: performance.now() - startedAt });
    const outgoing = request(url, { agent, headers }, (response) => {
      response.resume();
      response.on('end', () => end(response.statusCode));
      response.on('error', ({ code }) => end('lost', `${code} within the answer`));
    });
    outgoing.on('error', ({ code }) =>
      end('lost', `${code} on a ${outgoing.reusedSocket ? 'reused' : 'new'} connection`),
    );
    outgoing.end();
  });
}
