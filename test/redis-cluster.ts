import { execFileSync } from 'node:child_process';
import { freePort } from './free-port.js';
import { redisCli, type RedisServer, startRedis } from './redis-server.js';
import { until } from './until.js';

/** A real cluster of three masters. */
export interface RedisCluster {
  readonly url: string;
  readonly nodes: readonly RedisServer[];
  /** Resolves when every node says that all slots are served, or that they are not. */
  readonly is: (state: 'ok' | 'fail') => Promise<void>;
  readonly stop: () => Promise<void>;
}

const SLOTS = 16_384;

export async function startRedisCluster(args: readonly string[] = []): Promise<RedisCluster> {
  const buses = await Promise.all([freePort(), freePort(), freePort()]);
  const nodes = await Promise.all(buses.map((bus) => startNode(bus, args)));
  await join(nodes, buses);
  const is = async (state: 'ok' | 'fail') => {
    for (const node of nodes.filter(isRunning)) {
      await until(() => redisCli(node.port, 'cluster', 'info').includes(`cluster_state:${state}`), 30_000);
    }
  };
  await is('ok');
  return {
    url: nodes.map(({ url }) => url).join(','),
    nodes,
    is,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

function startNode(bus: number, args: readonly string[]): Promise<RedisServer> {
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '1000'];
  return startRedis([...cluster, ...args]);
}

/** What `redis-cli --cluster create` does, but for bus ports that are not 10,000 above the others. */
async function join(nodes: readonly RedisServer[], buses: readonly number[]): Promise<void> {
  const share = Math.ceil(SLOTS / nodes.length);
  for (const [i, node] of nodes.entries()) {
    const last = Math.min(SLOTS, (i + 1) * share) - 1;
    redisCli(node.port, 'cluster', 'addslotsrange', String(i * share), String(last));
    redisCli(node.port, 'cluster', 'set-config-epoch', String(i + 1));
  }
  const [first, ...others] = nodes;
  if (first === undefined) return;
  for (const [i, node] of others.entries()) {
    redisCli(first.port, 'cluster', 'meet', '127.0.0.1', String(node.port), String(buses[i + 1]));
  }
  for (const node of nodes) {
    await until(() => redisCli(node.port, 'cluster', 'info').includes(`cluster_known_nodes:${nodes.length}`), 30_000);
  }
}

function isRunning(node: RedisServer): boolean {
  try {
    execFileSync('redis-cli', ['-p', String(node.port), 'ping'], { stdio: 'ignore', timeout: 1000 });
    return true;
  } catch {
    return false;
  }
}
