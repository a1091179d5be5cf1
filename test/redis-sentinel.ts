import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisCli, type RedisServer, startRedis } from './redis-server.js';
import { until } from './until.js';

/** A master, a replica of it, and a sentinel that watches them. */
export interface RedisSentinel {
  /** That of the sentinel. */
  readonly url: string;
  readonly name: string;
  readonly servers: readonly [master: RedisServer, replica: RedisServer];
  /** Resolves when the sentinel has made the replica the master. */
  readonly hasFailedOver: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const NAME = 'desk-bff';

export async function startRedisSentinel(): Promise<RedisSentinel> {
  const master = await startRedis();
  const replica = await startRedis(['--replicaof', '127.0.0.1', String(master.port)]);
  await until(() => redisCli(replica.port, 'info', 'replication').includes('master_link_status:up'), 30_000);
  const directory = mkdtempSync(join(tmpdir(), 'desk-bff-sentinel-'));
  const settings = join(directory, 'sentinel.conf');
  // A sentinel writes its state into it.
  writeFileSync(
    settings,
    [
      `sentinel monitor ${NAME} 127.0.0.1 ${master.port} 1`,
      `sentinel down-after-milliseconds ${NAME} 500`,
      `sentinel failover-timeout ${NAME} 2000`,
      '',
    ].join('\n'),
  );
  const sentinel = await startRedis(['--sentinel'], settings);
  const says = (...command: string[]) => redisCli(sentinel.port, 'sentinel', ...command, NAME);
  // It asks the master every 10 s.
  await until(() => says('replicas').includes(String(replica.port)), 30_000);
  return {
    url: sentinel.url,
    name: NAME,
    servers: [master, replica],
    hasFailedOver: () => until(() => says('get-master-addr-by-name').includes(String(replica.port)), 30_000),
    stop: async () => {
      await Promise.all([sentinel, replica, master].map((one) => one.stop()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
