import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from '@jest/globals';
import { freePort } from './free-port.js';

/** A real Redis for one test file, so that it can be frozen, killed and restarted. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Redis on a free port; extra arguments as on its command line, on which a configuration file has to be first.
 */
export async function startRedis(args: readonly string[] = [], settings?: string): Promise<RedisServer> {
  const program = redisProgram();
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'desk-bff-redis-'));
  const base = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const all = [...(settings === undefined ? [] : [settings]), ...base, ...args];
  let child = await launch(program, all, port);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'exit');
    child.kill('SIGKILL');
    await closed;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    kill,
    restart: async () => {
      await kill();
      child = await launch(program, all, port);
    },
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function launch(program: string, args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: 'ignore' });
  for (let tries = 0; tries < 200; tries++) {
    if (spawnSync('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`], { stdio: 'ignore' }).status === 0) return child;
    await sleep(25);
  }
  throw new Error('Redis did not start');
}

/** Tests that need a Redis to freeze and kill; skipped, visibly, if none is installed. */
export const describeWithOwnRedis = programOnPath() === undefined ? describe.skip : describe;

/** Tests that can use any Redis: that of TEST_REDIS_URL, or one of their own. */
export const describeWithRedis = process.env['TEST_REDIS_URL'] ? describe : describeWithOwnRedis;

/** Any Redis, possibly shared: its users need a key prefix of their own. */
export async function anyRedis(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const url = process.env['TEST_REDIS_URL'];
  return url ? { url, stop: () => Promise.resolve() } : startRedis();
}

let found: string | undefined;

/** redis-server or valkey-server on PATH; test/redis.setup.ts has installed one or said why not. */
export function redisProgram(): string {
  found ??= programOnPath();
  if (found === undefined) throw new Error('no redis-server on PATH');
  return found;
}

function programOnPath(): string | undefined {
  return ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);
}

/** The output of redis-cli for a command. */
export function redisCli(port: number, ...command: string[]): string {
  return execFileSync('redis-cli', ['-p', String(port), ...command], { encoding: 'utf8' }).trim();
}
