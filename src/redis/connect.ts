import { Cluster, Redis } from 'ioredis';

export type RedisClient = Redis | Cluster;

/**
 * Measured: with ioredis's defaults a request hangs for more than 12 s when Redis is frozen or down; with these, 100 ms
 * once and then not at all (ADR 4). RedisLink stops waiting at 100 ms; commandTimeout is for commands outside of it.
 */
const OPTIONS = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  commandTimeout: 1000,
  connectTimeout: 500,
  socketTimeout: 1000,
  retryStrategy: retryDelay,
  // A master that became a replica keeps its connections; only a new connection leads to the new master.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
};

export interface RedisAddress {
  /** One URL; several, comma-separated, are a cluster's nodes, or sentinels if `sentinelName` is set. */
  readonly url: string;
  readonly sentinelName: string | undefined;
}

export function connectRedis({ url, sentinelName }: RedisAddress): RedisClient {
  const nodes = url.split(',').map(readUrl);
  const [first] = nodes;
  const credentials = first?.credentials ?? {};
  if (sentinelName !== undefined) {
    return new Redis({
      ...OPTIONS,
      ...credentials,
      sentinels: nodes.map(({ host, port }) => ({ host, port })),
      name: sentinelName,
      sentinelRetryStrategy: retryDelay,
      // `rediss://` is for sentinels and master alike: by default ioredis would not use TLS to the master.
      ...(credentials.tls ? { sentinelTLS: credentials.tls, enableTLSForSentinelMode: true } : {}),
    });
  }
  if (nodes.length > 1) return connectCluster(nodes, credentials);
  return new Redis(url, OPTIONS);
}

function connectCluster(nodes: readonly RedisNode[], credentials: Credentials): Cluster {
  const { enableOfflineQueue, ...perNode } = OPTIONS;
  return new Cluster(
    nodes.map(({ host, port }) => ({ host, port })),
    {
      enableOfflineQueue,
      clusterRetryStrategy: retryDelay,
      slotsRefreshTimeout: 500,
      slotsRefreshInterval: 2000,
      // No automatic retry: it could take a lock after the request has given up.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      redisOptions: { ...perNode, ...credentials },
    },
  );
}

interface RedisNode {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
}

interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: object;
  readonly db?: number;
}

function readUrl(text: string): RedisNode {
  const url = new URL(text.trim());
  const db = Number(url.pathname.slice(1));
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    credentials: {
      ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
      ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
      ...(db > 0 ? { db } : {}),
    },
  };
}

function retryDelay(times: number): number {
  return Math.min(times * 50, 1000);
}
