import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { defaults, storeOptions, turnsAtOnce } from '../../test/transcripts-rig.js';
import { type CallOptions } from '../desk/call-options.js';
import { DeskAbandonedError, type DeskError, DeskFailedError, DeskTimeoutError } from '../desk/desk-error.js';
import { RedisLink } from '../redis/redis-link.js';
import { Entry, type FlightResult } from './entry.js';
import { RedisStore } from './redis-store.js';
import { type FlightRequest, SingleFlight } from './single-flight.js';

/** A call to the desk in flight, and how it may end. */
interface Call {
  readonly options: CallOptions;
  readonly succeed: () => void;
  readonly fail: (error: Error) => void;
}

describe('SingleFlight, in one replica', () => {
  let flights: SingleFlight;
  let store: RedisStore;
  let entry: Entry<string>;
  let calls: Call[];
  let failures: DeskError[];
  /** Whether background calls have to give way. */
  let isBusy: boolean;

  beforeEach(() => {
    const now = () => Date.now();
    store = new RedisStore(new RedisLink(undefined), storeOptions({ keyPrefix: 'test', policy: defaults, now }));
    const turns = turnsAtOnce(() => isBusy);
    flights = new SingleFlight(store, now, () => 0, turns);
    isBusy = false;
    entry = new Entry('session');
    calls = [];
    failures = [];
  });

  afterEach(async () => {
    for (const call of calls) call.succeed();
    await settled();
  });

  /** A call that, as in the queue, ends as soon as nobody waits for it any more. */
  const ask = (options: CallOptions): Promise<[]> =>
    new Promise((resolve, reject) => {
      const succeed = () => {
        resolve([]);
      };
      calls.push({ options, succeed, fail: reject });
      options.signal.addEventListener('abort', () => {
        reject(new DeskAbandonedError('nobody waits'));
      });
    });

  interface Wanted {
    readonly name?: string;
    readonly signal?: AbortSignal;
    readonly isBackground?: boolean;
    readonly ms?: number;
  }

  const runFlight = ({
    name = 'head',
    signal,
    isBackground = false,
    ms = 10_000,
  }: Wanted = {}): Promise<FlightResult> => {
    const request: FlightRequest = {
      name,
      deadlineAt: Date.now() + ms,
      background: isBackground ? { turnMs: Infinity, callMs: ms } : undefined,
      signal,
      yieldsToFailure: false,
      ask,
      fail: (error) => {
        failures.push(error);
        return { writes: [], pauseMs: 0 };
      },
      mayBeStored: () => false,
      collect: () => Promise.resolve(false),
      lock: undefined,
    };
    return flights.run(entry, request);
  };
  /** The error that a flight ends in. */
  const errorOf = (flight: Promise<FlightResult>) =>
    flight.then(
      () => undefined,
      (error: unknown) => error,
    );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const under = async (index: number): Promise<Call> => {
    await settled();
    const call = calls[index];
    if (call === undefined) throw new Error(`there were ${calls.length} calls`);
    return call;
  };

  it('answers before it encodes what other replicas get, and counts that as pending from the answer on', async () => {
    const encode = jest.spyOn(store, 'encode');
    const flight = runFlight();
    (await under(0)).succeed();
    await flight;
    expect([encode.mock.calls.length, entry.pendingWrites]).toEqual([0, 1]);
    await settled();
    await settled();
    expect([encode.mock.calls.length, entry.pendingWrites]).toEqual([1, 0]);
  });

  it('makes one call for all loads of the same thing, and tells which one made it', async () => {
    const all = [runFlight(), runFlight(), runFlight()];
    (await under(0)).succeed();
    expect(await Promise.all(all)).toEqual(['asked', 'joined', 'joined']);
    expect(calls).toHaveLength(1);
  });

  it('makes two calls for two things', async () => {
    const both = [runFlight(), runFlight({ name: 'block' })];
    (await under(0)).succeed();
    (await under(1)).succeed();
    expect(await Promise.all(both)).toEqual(['asked', 'asked']);
  });

  it('makes another call once the first is over', async () => {
    const first = runFlight();
    (await under(0)).succeed();
    await first;
    const second = runFlight();
    (await under(1)).succeed();
    expect(await second).toBe('asked');
  });

  it('shares a failure with all waiting loads, stores it once, and makes another call after it', async () => {
    const failed = new DeskFailedError('failed');
    const ends = [runFlight(), runFlight(), runFlight()].map(errorOf);
    (await under(0)).fail(failed);
    expect(await Promise.all(ends)).toEqual([failed, failed, failed]);
    expect(failures).toEqual([failed]);
    const next = runFlight();
    (await under(1)).succeed();
    expect(await next).toBe('asked');
  });

  it('is abandoned when its only client has disconnected, which is no failure of the desk', async () => {
    const client = new AbortController();
    const end = errorOf(runFlight({ signal: client.signal }));
    const { options } = await under(0);
    expect(options.signal.aborted).toBe(false);
    client.abort();
    expect(await end).toBeInstanceOf(DeskAbandonedError);
    expect(options.signal.aborted).toBe(true);
    expect(failures).toEqual([]);
  });

  it.each(['first', 'last'] as const)(
    'continues while one client is there, after the %s that came has disconnected',
    async (gone) => {
      const client = new AbortController();
      const leaving = { signal: client.signal };
      const [one, other] = gone === 'first' ? [runFlight(leaving), runFlight()] : [runFlight(), runFlight(leaving)];
      const [left, stays] = gone === 'first' ? [errorOf(one), other] : [errorOf(other), one];
      const call = await under(0);
      client.abort();
      expect(await left).toBeInstanceOf(DeskAbandonedError);
      expect(call.options.signal.aborted).toBe(false);
      call.succeed();
      expect(await stays).toBe(gone === 'first' ? 'joined' : 'asked');
      expect(calls).toHaveLength(1);
    },
  );

  it('is abandoned when the last of several clients has disconnected', async () => {
    const clients = [new AbortController(), new AbortController()];
    const ends = clients.map(({ signal }) => errorOf(runFlight({ signal })));
    const { options } = await under(0);
    for (const client of clients) client.abort();
    for (const end of ends) expect(await end).toBeInstanceOf(DeskAbandonedError);
    expect(options.signal.aborted).toBe(true);
    expect(calls).toHaveLength(1);
  });

  it('starts again for loads that joined it while it was being abandoned', async () => {
    const client = new AbortController();
    const left = errorOf(runFlight({ signal: client.signal }));
    const { options } = await under(0);
    let late: Promise<FlightResult>[] = [];
    options.signal.addEventListener('abort', () => {
      late = [runFlight(), runFlight()];
    });
    client.abort();
    expect(await left).toBeInstanceOf(DeskAbandonedError);
    const next = await under(1);
    expect(next.options.signal.aborted).toBe(false);
    next.succeed();
    expect(await Promise.all(late)).toEqual(['asked', 'joined']);
    expect(calls).toHaveLength(2);
  });

  it('does not start for a client that has disconnected as well', async () => {
    const client = new AbortController();
    client.abort();
    const first = runFlight();
    const late = errorOf(runFlight({ signal: client.signal }));
    expect(await late).toBeInstanceOf(DeskAbandonedError);
    (await under(0)).succeed();
    expect(await first).toBe('asked');
    expect(calls).toHaveLength(1);
  });

  it('is not abandoned in the background, where no client waits from the start', async () => {
    const refresh = runFlight({ isBackground: true });
    const client = new AbortController();
    const left = errorOf(runFlight({ signal: client.signal }));
    const call = await under(0);
    client.abort();
    await left;
    expect(call.options.signal.aborted).toBe(false);
    call.succeed();
    expect(await refresh).toBe('asked');
  });

  it('waits for its turn in the background, and no longer once a request joins it', async () => {
    isBusy = true;
    const refresh = runFlight({ isBackground: true });
    void runFlight({ isBackground: true });
    await settled();
    expect(calls).toHaveLength(0);
    const joined = runFlight();
    (await under(0)).succeed();
    expect(await joined).toBe('joined');
    expect(await refresh).toBe('asked');
  });

  it('takes another turn before it is retried in the background, and none once a request joined it', async () => {
    void runFlight({ isBackground: true });
    const { options } = await under(0);
    isBusy = true;
    let mayRetry = false;
    void options.beforeRetry?.().then(() => (mayRetry = true));
    await settled();
    expect(mayRetry).toBe(false);
    void runFlight();
    await settled();
    expect(mayRetry).toBe(true);
  });

  it('keeps no load that joined it beyond its own deadline, and continues for the others', async () => {
    const first = runFlight();
    const late = errorOf(runFlight({ ms: 5 }));
    const call = await under(0);
    expect(await late).toBeInstanceOf(DeskTimeoutError);
    expect(call.options.signal.aborted).toBe(false);
    call.succeed();
    expect(await first).toBe('asked');
  });
});
