import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DeskTimeoutError } from '../desk-error.js';
import { SharedReSigning, type ReSignVerdict } from './shared-re-signing.js';
import { UserSig } from './user-sig.js';

describe('SharedReSigning', () => {
  let now: number;
  let signed: number;
  let held: boolean[];
  let userSig: UserSig;
  let trial: SharedReSigning;

  beforeEach(() => {
    now = 1_700_000_000_000;
    signed = 0;
    held = [];
    const onSigned = () => {
      signed += 1;
    };
    userSig = new UserSig({
      sdkAppId: 1,
      secretKey: 'k',
      identifier: 'a',
      ttlMs: 86_400_000,
      now: () => now,
      onSigned,
    });
    trial = new SharedReSigning(userSig, (isUnderWay) => held.push(isUnderWay));
  });

  /**
   * Reports a refused signature: answers whether the call may be repeated and with what; its trial ends in `verdict`.
   */
  const refused = async (signature: string, verdict: ReSignVerdict) => {
    const again = await trial.after(signature, 1000);
    again?.settle(verdict);
    return again !== undefined;
  };

  it('lets one call try the new signature, and the others follow once it is accepted', async () => {
    const old = userSig.current();
    const first = await trial.after(old, 1000);
    const others = [1, 2, 3].map(() => refused(old, 'accepted'));
    expect(held).toEqual([true]);
    first?.settle('accepted');
    expect(await Promise.all(others)).toEqual([true, true, true]);
    expect(signed).toBe(2);
    expect(userSig.current()).not.toBe(old);
    expect(held).toEqual([true, false]);
  });

  it('rejects the others when the new signature is refused as well', async () => {
    const old = userSig.current();
    const first = await trial.after(old, 1000);
    const others = [1, 2, 3].map(() => refused(old, 'refused'));
    first?.settle('refused');
    expect(await Promise.all(others)).toEqual([false, false, false]);
    expect(signed).toBe(2);
  });

  it('remembers a refused signature when the refusal of the old one comes late', async () => {
    const old = userSig.current();
    await refused(old, 'refused');
    expect(await refused(old, 'accepted')).toBe(false);
    now += 5000;
    expect(await refused(old, 'accepted')).toBe(false);
    expect(signed).toBe(2);
  });

  it('starts another trial when the first ended without a verdict', async () => {
    const old = userSig.current();
    const first = await trial.after(old, 1000);
    const verdicts: ReSignVerdict[] = ['undecided', 'refused', 'refused'];
    const others = verdicts.map((verdict) => refused(old, verdict));
    first?.settle('undecided');
    expect(await Promise.all(others)).toEqual([true, true, false]);
    expect(signed).toBe(2);
  });

  it('makes no more than one new signature a second', async () => {
    await refused(userSig.current(), 'refused');
    now += 500;
    expect(await refused(userSig.current(), 'refused')).toBe(false);
    now += 500;
    expect(await refused(userSig.current(), 'refused')).toBe(true);
    expect(signed).toBe(3);
  });

  it('lets no call wait beyond its deadline', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
    const old = userSig.current();
    const first = await trial.after(old, 1000);
    const late = expect(trial.after(old, 300)).rejects.toThrow(DeskTimeoutError);
    await jest.advanceTimersByTimeAsync(300);
    await late;
    first?.settle('accepted');
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});
