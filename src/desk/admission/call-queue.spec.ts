import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { admissionControl } from '../../../test/admission-rig.js';
import { DeskError, DeskRateLimitedError, DeskUnavailableError } from '../desk-error.js';
import { type AdmissionControl, type Permit } from './admission.js';
import { CallQueue } from './call-queue.js';

describe('CallQueue', () => {
  let admission: AdmissionControl;
  let queue: CallQueue;
  let lengths: number[];
  let waits: number[];
  let random: number;
  let faults: unknown[];
  /** Who was admitted or rejected, in order. */
  let events: string[];

  const open = (maxRps: number) => {
    const now = () => Date.now();
    admission = admissionControl({ maxRps, now, random: () => random });
    queue = new CallQueue({
      admission,
      maxRps,
      now,
      onLengthChange: (length) => lengths.push(length),
      onTurn: (waitedMs) => waits.push(waitedMs),
      onFault: (error) => faults.push(error),
    });
  };

  beforeEach(() => {
    jest.useFakeTimers({ now: 1_700_000_000_000, doNotFake: ['nextTick', 'queueMicrotask'] });
    lengths = [];
    waits = [];
    faults = [];
    events = [];
    random = 0;
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const tick = (ms: number) => jest.advanceTimersByTimeAsync(ms);

  interface Coming {
    readonly command?: string;
    readonly ms?: number;
    readonly isReSigned?: boolean;
    readonly signal?: AbortSignal;
  }

  const come = (name: string, coming: Coming = {}): Promise<Permit | DeskError> => {
    const { command = 'list', ms = 10_000, isReSigned = false, signal = new AbortController().signal } = coming;
    return queue.enter(command, { deadlineAt: Date.now() + ms, signal }, isReSigned).then(
      (permit) => {
        events.push(name);
        return permit;
      },
      (error: unknown) => {
        if (!(error instanceof DeskError)) throw error;
        events.push(`${name}: ${error.code}`);
        return error;
      },
    );
  };
  /** The permit of a call that is admitted at once. */
  const permitOf = async (coming: Promise<Permit | DeskError>): Promise<Permit> => {
    await tick(0);
    const permit = await coming;
    if (permit instanceof DeskError) throw permit;
    return permit;
  };

  it('admits as many calls as the quota allows, then the others in order of arrival', async () => {
    open(2);
    for (const name of ['a', 'b', 'c', 'd', 'e']) void come(name);
    await tick(0);
    expect(events).toEqual(['a', 'b']);
    await tick(1050);
    expect(events).toEqual(['a', 'b', 'c', 'd']);
    await tick(1050);
    expect(events).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(waits).toEqual([0, 0, 1050, 1050, 2100]);
    expect(lengths.at(-1)).toBe(0);
  });

  it('admits re-signed calls first', async () => {
    open(1);
    void come('first');
    await tick(0);
    void come('request');
    void come('once more', { isReSigned: true });
    await tick(3000);
    expect(events).toEqual(['first', 'once more', 'request']);
  });

  it('rejects a call at its deadline and tells when a call may succeed', async () => {
    open(1);
    void come('a');
    const late = come('b', { ms: 500 });
    for (let i = 0; i < 5; i++) void come(`c${i}`);
    await tick(500);
    expect(events).toEqual(['a', 'b: upstream-rate-limited']);
    const error = await late;
    expect(error).toBeInstanceOf(DeskRateLimitedError);
    expect(error).toMatchObject({ upstreamCode: undefined, retryAfterMs: 5000 });
  });

  it('promises no long wait when all waiting calls time out soon', async () => {
    open(1);
    void come('a', { ms: 900 });
    const waiting = Array.from({ length: 100 }, (_, i) => come(`b${i}`, { ms: 900 }));
    await tick(800);
    const next = come('c', { ms: 1 });
    await tick(1);
    // 100 wait for one call a second, but the last of them gives up in 99 ms.
    expect(await next).toMatchObject({ retryAfterMs: 99 });
    await tick(100);
    for (const each of await Promise.all(waiting)) {
      expect(each instanceof DeskError && (each.retryAfterMs ?? 0)).toBeLessThan(1000);
    }
  });

  it('queues 5,000 calls and rejects the next one at once', async () => {
    open(1);
    void come('first');
    await tick(0);
    for (let i = 0; i < 5000; i++) void come('waits');
    const error = await come('one too many');
    expect(error).toBeInstanceOf(DeskUnavailableError);
    expect(error).toMatchObject({ code: 'unavailable', retryAfterMs: 10_000 });
    expect(Math.max(...lengths)).toBe(5000);
  });

  it('has room again as soon as waiting calls have timed out', async () => {
    open(1);
    void come('first');
    await tick(0);
    for (let i = 0; i < 4990; i++) void come('soon gone', { ms: 500 });
    for (let i = 0; i < 10; i++) void come('request', { ms: 5000 });
    await tick(500);
    events = [];
    void come('new');
    await tick(0);
    expect(events).toEqual([]);
    expect(lengths.at(-1)).toBe(11);
  });

  it('rejects all waiting calls when the admission closes', async () => {
    open(1);
    const permit = await permitOf(come('a'));
    const waiting = [come('b'), come('c')];
    await admission.limited(permit, 'all', 60011);
    await tick(1050);
    await Promise.all(waiting);
    expect(events).toEqual(['a', 'b: upstream-rate-limited', 'c: upstream-rate-limited']);
  });

  it('sends at most 100 calls at a time, and the next one when one ends', async () => {
    open(1000);
    for (let i = 0; i < 103; i++) void come(`c${i}`);
    await tick(5000);
    expect(events).toHaveLength(100);
    queue.leave(10);
    await tick(0);
    expect(events).toHaveLength(101);
    await tick(5000);
    expect(events.slice(101)).toEqual(['c101: unavailable', 'c102: unavailable']);
  });

  it('sends one call at a time while the credentials are in doubt', async () => {
    open(10);
    await admission.refused(70009);
    await tick(1000);
    void come('a');
    void come('b');
    await tick(100);
    expect(events).toEqual(['a']);
    queue.leave(10);
    await tick(0);
    expect(events).toEqual(['a', 'b']);
    admission.accepted();
    void come('c');
    await tick(0);
    expect(events).toEqual(['a', 'b', 'c']);
  });

  it('sends only the trial while a new signature is tried', async () => {
    open(10);
    queue.holdBack(true);
    void come('a');
    void come('trial', { isReSigned: true });
    await tick(100);
    expect(events).toEqual(['trial']);
    queue.holdBack(false);
    await tick(0);
    expect(events).toEqual(['trial', 'a']);
  });

  it('gives no permit to a call without time left for an answer while others wait', async () => {
    open(1);
    for (let i = 0; i < 50; i++) {
      void come('warm', { ms: 1_000_000 });
      await tick(1050);
      queue.leave(400);
    }
    events = [];
    void come('a', { ms: 2000 });
    await tick(0);
    void come('soon gone', { ms: 1200 });
    void come('patient', { ms: 3000 });
    await tick(1050);
    expect(events).toEqual(['a', 'soon gone: upstream-rate-limited', 'patient']);
  });

  it('admits a call with little time left when no other call waits', async () => {
    open(1);
    for (let i = 0; i < 50; i++) {
      void come('warm', { ms: 1_000_000 });
      await tick(1050);
      queue.leave(400);
    }
    events = [];
    void come('a');
    await tick(0);
    void come('alone', { ms: 1100 });
    await tick(1050);
    expect(events).toEqual(['a', 'alone']);
  });

  it('rejects waiting and new calls when it closes, and leaves no timer behind', async () => {
    open(1);
    void come('a');
    await tick(0);
    void come('b');
    void come('c');
    queue.close();
    void come('d');
    await tick(1050);
    expect(events.toSorted()).toEqual(['a', 'b: unavailable', 'c: unavailable', 'd: unavailable']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('answers 503 instead of hanging when the admission itself fails, and reports it', async () => {
    open(1);
    const fault = new TypeError('a bug');
    jest.spyOn(admission, 'admit').mockRejectedValueOnce(fault);
    void come('a');
    await tick(0);
    void come('b');
    await tick(0);
    expect(events).toEqual(['a: unavailable', 'b']);
    expect(faults).toEqual([fault]);
  });

  it('drops an aborted call at once and gives its place to the next', async () => {
    open(1);
    void come('a');
    await tick(0);
    const client = new AbortController();
    const gone = come('gone', { signal: client.signal });
    void come('b');
    client.abort();
    expect(await gone).toMatchObject({ name: 'DeskAbandonedError' });
    expect(lengths.at(-1)).toBe(1);
    await tick(1050);
    expect(events).toEqual(['a', 'gone: unavailable', 'b']);
  });

  it('does not queue a call that is already aborted', async () => {
    open(1);
    expect(await come('gone', { signal: AbortSignal.abort() })).toMatchObject({ name: 'DeskAbandonedError' });
    expect(lengths).toEqual([]);
    await permitOf(come('a'));
  });

  it('leaves an admitted call alone when it is aborted', async () => {
    open(1);
    const client = new AbortController();
    await permitOf(come('a', { signal: client.signal }));
    client.abort();
    await tick(0);
    expect(events).toEqual(['a']);
    expect(jest.getTimerCount()).toBe(0);
  });

  describe('with a command that is limited', () => {
    it('rejects the calls of that command and admits the others', async () => {
      open(1);
      const permit = await permitOf(come('a'));
      void come('b');
      void come('other', { command: 'state' });
      await admission.limited(permit, 'command', 141009);
      await tick(500);
      expect(events).toEqual(['a', 'b: upstream-rate-limited']);
      await tick(550);
      expect(events).toEqual(['a', 'b: upstream-rate-limited', 'other']);
    });

    /**
     * The cool-down of `list` has ended and its trial call is in flight: other calls of `list` wait for its outcome.
     */
    const halfOpen = async () => {
      open(100);
      await admission.limited(await permitOf(come('a')), 'command', 141009);
      await tick(1000);
      const permit = await permitOf(come('first'));
      events = [];
      return permit;
    };

    it('admits other commands at once while the trial call of that command is in flight', async () => {
      await halfOpen();
      void come('list 1');
      void come('state 1', { command: 'state' });
      void come('list 2');
      void come('state 2', { command: 'state' });
      await tick(0);
      expect(events).toEqual(['state 1', 'state 2']);
      await tick(15);
      void come('state 3', { command: 'state' });
      await tick(0);
      expect(events).toEqual(['state 1', 'state 2', 'state 3']);
    });

    it.each([0, 0.37, 0.999])(
      'admits the other calls of that command soon after the trial call was answered (random %d)',
      async (some) => {
        const first = await halfOpen();
        random = some;
        void come('list 1');
        void come('state 1', { command: 'state' });
        void come('list 2');
        await tick(5);
        await admission.answered(first);
        await tick(40);
        expect(events).toEqual(['state 1', 'list 1', 'list 2']);
        await tick(0);
        queue.close();
        expect(jest.getTimerCount()).toBe(0);
      },
    );

    it('sends another trial call when the first one got no answer', async () => {
      const first = await halfOpen();
      void come('list 1');
      void come('list 2');
      await tick(5);
      await admission.undecided(first);
      await tick(40);
      expect(events).toEqual(['list 1']);
    });
  });
});
