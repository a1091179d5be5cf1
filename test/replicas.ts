import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Service, startService } from './service.js';
import { until } from './until.js';

export interface TimedAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
  readonly ms: number;
}

/** Several processes of the built service on one Redis and one desk. */
export class Replicas {
  private constructor(readonly all: readonly Service[]) {}

  /** With a key prefix of their own, so that tests do not share keys. */
  static async start(
    count: number,
    environment: Readonly<Record<string, string>>,
    redis: 'up' | 'down' | 'off' = 'up',
  ): Promise<Replicas> {
    const common = {
      REDIS_KEY_PREFIX: `test-${randomBytes(6).toString('hex')}`,
      DESK_MAX_RPS: '10000',
      DESK_COOLDOWN_MIN_MS: '1',
      DESK_COOLDOWN_MAX_MS: '1',
      RATE_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'info',
      ...environment,
    };
    const replicas = new Replicas(await Promise.all(Array.from({ length: count }, () => startService(common))));
    await replicas.redisIs(redis);
    return replicas;
  }

  /** A machine under load may take longer to reach Redis than the service waits for it. */
  async redisIs(state: 'up' | 'down' | 'off'): Promise<void> {
    for (const service of this.all) {
      const isSo = async () => (await (await service.get('/health/ready')).text()).includes(`"redis":"${state}"`);
      await until(isSo, 30_000);
    }
  }

  get(nth: number, path: string, headers?: Record<string, string>): Promise<TimedAnswer> {
    return timed(this.nth(nth), path, headers);
  }

  /** The same request to each replica, all at once. */
  each(path: string, headers?: Record<string, string>): Promise<TimedAnswer[]> {
    return Promise.all(this.all.map((service) => timed(service, path, headers)));
  }

  /** This many concurrent requests, dealt out among the replicas; `paths` are taken in turn. */
  burst(count: number, paths: readonly string[], headers?: Record<string, string>): Promise<TimedAnswer[]> {
    const requests = Array.from({ length: count }, (_, i) =>
      this.get(i, paths[Math.floor(i / this.all.length) % paths.length] ?? '/', headers),
    );
    return Promise.all(requests);
  }

  /** Sends requests for as long as `work` takes. */
  async during(work: () => Promise<unknown>, ask: () => Promise<readonly TimedAnswer[]>): Promise<TimedAnswer[]> {
    const state = { isWorking: true };
    const working = work().finally(() => (state.isWorking = false));
    const answers: TimedAnswer[] = [];
    while (state.isWorking) answers.push(...(await ask()));
    await working;
    return answers;
  }

  /**
   * Repeats the work if a replica lost Redis meanwhile: on a busy machine Redis itself may be late, and replicas
   * coordinate only through it.
   */
  async undisturbed<T>(work: () => Promise<T>): Promise<T> {
    const losses = () => this.all.map((service) => service.output().split('Redis is unavailable').length).join();
    for (let tries = 0; tries < 10; tries++) {
      await this.redisIs('up');
      const before = losses();
      const done = await work();
      if (losses() === before) return done;
    }
    throw new Error('a replica lost Redis each time');
  }

  /** Resolves once another replica found in Redis what one replica fetched. */
  async share(coldPath: () => string): Promise<TimedAnswer> {
    for (let tries = 0; tries < 200; tries++) {
      const path = coldPath();
      await this.get(0, path);
      // The write continues behind the answer.
      await sleep(20);
      const found = await this.get(1, path);
      if (found.headers.get('cache-status')?.includes('detail=redis')) return found;
    }
    throw new Error('nothing is shared');
  }

  nth(nth: number): Service {
    const service = this.all[nth % this.all.length];
    if (service === undefined) throw new Error('there is no replica');
    return service;
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((service) => service.kill()));
  }
}

async function timed(service: Service, path: string, headers?: Record<string, string>): Promise<TimedAnswer> {
  const startedAt = performance.now();
  const response = await service.get(path, headers);
  const body = await response.text();
  return { status: response.status, body, headers: response.headers, ms: performance.now() - startedAt };
}

export function messagesPath(id: string, query = ''): string {
  return `/sessions/${id}/messages${query}`;
}

export function statusesOf(answers: readonly TimedAnswer[]): readonly number[] {
  return [...new Set(answers.map(({ status }) => status))];
}

export function slowest(answers: readonly TimedAnswer[]): number {
  return Math.max(...answers.map(({ ms }) => ms));
}
