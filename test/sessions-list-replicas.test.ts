import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { isObject } from '../simulator/json-object.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { Replicas, statusesOf } from './replicas.js';
import { until } from './until.js';

/** Long enough for a burst to arrive everywhere before the desk answers, on a busy machine. */
const LATENCY_MS = 1500;
const noCache = { 'cache-control': 'no-cache' };
const COMMAND = 'describe_im_cdr_list';

interface AnyRedis {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A period that ended long ago, so that no minute ends during a test. */
const NEW_YEAR = 978_307_200;
const LONG_OVER = '&from=2001-01-01T00:00:00Z';

/** Numbered records of a client, of now or of another time. */
function recordsOf(client: string, count: number, Timestamp = Math.floor(Date.now() / 1000) - 60) {
  return Array.from({ length: count }, (_, i) => ({
    ...{ SessionId: `s${i}`, Timestamp, ClientUserId: client, ClientUserNickName: `name of ${client}` },
  }));
}

function totalIn(body: string): unknown {
  const page: unknown = JSON.parse(body);
  return isObject(page) && isObject(page['page']) ? page['page']['total'] : undefined;
}

describeWithRedis('three replicas', () => {
  let desk: Simulator;
  let redis: AnyRedis;
  let replicas: Replicas;
  let count = 0;
  let client = '';

  beforeAll(async () => {
    [desk, redis] = await Promise.all([startSimulator(), anyRedis()]);
    replicas = await Replicas.start(3, { DESK_BASE_URL: desk.url, REDIS_URL: redis.url });
    // The first request of a process takes longer than any other.
    await replicas.burst(6, ['/sessions?clientId=first']);
  });
  beforeEach(() => {
    desk.reset();
  });
  afterAll(async () => {
    await replicas.stop();
    await Promise.all([desk.close(), redis.stop()]);
  });

  const path = (query = '') => `/sessions?clientId=${client}${query}`;
  /** If the minute ends meanwhile, the next one begins with a call of its own. */
  const callsInOneMinute = () => {
    const minutes = new Set(desk.calls.map(({ to }) => to));
    return desk.calls.length - (minutes.size - 1);
  };
  /** Each attempt uses a client of its own, with this many sessions. */
  const undisturbed = <T>(sessions: number, work: () => Promise<T>, Timestamp?: number): Promise<T> =>
    replicas.undisturbed(() => {
      client = `client-${++count}`;
      desk.setRecords(recordsOf(client, sessions, Timestamp));
      desk.forgetCalls();
      return work();
    });

  it('make one call for the default period, whatever pages 60 callers want at once', async () => {
    desk.latency(LATENCY_MS);
    const queries = ['', '&limit=3&offset=9', '&limit=100', '&offset=20'];
    const answers = await undisturbed(30, () => replicas.burst(60, queries.map(path)));
    expect(statusesOf(answers)).toEqual([200]);
    expect(callsInOneMinute()).toBe(1);
  });

  it('make one call if the desk limits, and answer 429 to all', async () => {
    desk.faultUntilReset({ kind: 'error', code: 141009 }, { command: COMMAND });
    desk.latency(LATENCY_MS);
    const answers = await undisturbed(1, () => replicas.burst(60, [path()]));
    expect(statusesOf(answers)).toEqual([429]);
    expect(callsInOneMinute()).toBe(1);
  });

  it('fetch each block of a page once for many concurrent no-cache requests', async () => {
    const ask = async () => {
      desk.latency(0);
      await replicas.each(path(`${LONG_OVER}&offset=90`));
      desk.forgetCalls();
      desk.latency(LATENCY_MS);
      return replicas.burst(60, [path(`${LONG_OVER}&offset=90`)], noCache);
    };
    expect(statusesOf(await undisturbed(150, ask, NEW_YEAR))).toEqual([200]);
    expect(desk.calls).toHaveLength(2);
  });

  it('serve the result of a no-cache request everywhere within 2 s', async () => {
    const totals = async () => {
      await replicas.each(path(LONG_OVER));
      desk.setRecords(recordsOf(client, 2, NEW_YEAR));
      const anew = await replicas.get(0, path(LONG_OVER), noCache);
      await sleep(2000);
      return [anew, ...(await replicas.each(path(LONG_OVER)))].map(({ body }) => totalIn(body));
    };
    expect(await undisturbed(1, totals, NEW_YEAR)).toEqual([2, 2, 2, 2]);
    expect(desk.calls).toHaveLength(2);
  });

  it('use a total that another one fetched: an offset beyond it costs no call', async () => {
    const beyond = async () => {
      await replicas.get(0, path(LONG_OVER));
      desk.forgetCalls();
      return replicas.get(1, path(`${LONG_OVER}&offset=700`));
    };
    let answer = await undisturbed(5, beyond, NEW_YEAR);
    // The write continues behind the answer: it may come too late for this read, but not each time.
    for (let tries = 0; tries < 50 && desk.calls.length > 0; tries++) answer = await undisturbed(5, beyond, NEW_YEAR);
    expect(answer.headers.get('cache-status')).toMatch(/^desk-bff; hit; ttl=\d+; detail=(?:redis|memory)$/);
    expect(totalIn(answer.body)).toBe(5);
    expect(desk.calls).toHaveLength(0);
  });
});

describeWithRedis('the values of a list in Redis', () => {
  let desk: Simulator;
  let redis: AnyRedis;
  let client: Redis;

  beforeAll(async () => {
    [desk, redis] = await Promise.all([startSimulator(), anyRedis()]);
    client = new Redis(redis.url);
    desk.setRecords(recordsOf('client-x', 3, NEW_YEAR));
  });
  beforeEach(() => {
    desk.forgetCalls();
  });
  afterAll(async () => {
    client.disconnect();
    await Promise.all([desk.close(), redis.stop()]);
  });

  /** Keys of a prefix that hold values of lists. */
  async function valuesUnder(prefix: string): Promise<string[]> {
    const keys = await client.keys(`${prefix}:*`);
    return keys.filter((key) => key.endsWith(':head') && key.includes(':sessions:'));
  }

  /** Without a memory level it asks Redis every time. */
  async function startOne(change: Readonly<Record<string, string>> = {}) {
    const prefix = `test-${randomBytes(6).toString('hex')}`;
    const environment = { DESK_BASE_URL: desk.url, REDIS_URL: redis.url, REDIS_KEY_PREFIX: prefix };
    return { prefix, one: await Replicas.start(1, { ...environment, CACHE_MEMORY_BYTES: '0', ...change }) };
  }

  const PATH = `/sessions?clientId=client-x${LONG_OVER}`;

  /** The key of this list in Redis, once it is found there. */
  async function writtenValue(one: Replicas, prefix: string): Promise<string> {
    let key: string | undefined;
    await until(async () => {
      const answer = await one.get(0, PATH);
      [key] = await valuesUnder(prefix);
      return key !== undefined && answer.headers.get('cache-status')?.includes('detail=redis') === true;
    });
    return key ?? '';
  }

  it('have no client in their keys, and are unreadable without the encryption key', async () => {
    const { prefix, one } = await startOne({ CACHE_ENCRYPTION_KEY: randomBytes(32).toString('base64') });
    try {
      const key = await writtenValue(one, prefix);
      const value = (await client.getBuffer(key))?.toString('latin1') ?? '';
      expect(key).not.toContain('client-x');
      expect(value).toContain('"kind":"value"');
      expect(value).not.toMatch(/client-x|s1|SessionId|startedAt|records/);
    } finally {
      await one.stop();
    }
  });

  it.each([
    ['no value', () => Buffer.from('poison')],
    ['a value of no block', (value: Buffer) => replaced(value, '{"from":1}')],
    ['a block of a year that cannot be written', (value: Buffer) => replaced(value, block({ to: 1e15 }))],
    ['records that would break the page', (value: Buffer) => replaced(value, block({ records: ['{},'] }))],
    ['another list’s type', (value: Buffer) => Buffer.from(value.toString().replace('"value"', '"log"'))],
  ])('are a miss if they are %s', async (_, poison) => {
    const { prefix, one } = await startOne();
    try {
      const answer = await one.undisturbed(async () => {
        const key = await writtenValue(one, prefix);
        desk.forgetCalls();
        await client.set(key, poison((await client.getBuffer(key)) ?? Buffer.alloc(0)), 'PX', 60_000);
        return one.get(0, PATH);
      });
      expect([answer.status, totalIn(answer.body)]).toEqual([200, 3]);
      expect(desk.calls).toHaveLength(1);
    } finally {
      await one.stop();
    }
  });
});

function block(change: object): string {
  return JSON.stringify({ from: 1, to: 2, total: 1, records: ['{}'], ...change });
}

/** The same header line, another payload: nothing is encrypted here. */
function replaced(value: Buffer, payload: string): Buffer {
  return Buffer.concat([value.subarray(0, value.indexOf('\n') + 1), Buffer.from(payload)]);
}
