import { beforeEach, describe, expect, it } from '@jest/globals';
import { RedisLink } from '../../redis/redis-link.js';
import { DeskRejectedError, DeskUnavailableError } from '../desk-error.js';
import { CredentialBackOff } from './credential-back-off.js';

describe('CredentialBackOff, in one replica', () => {
  let now: number;
  let pause: CredentialBackOff;

  beforeEach(() => {
    now = 1_000_000;
    pause = new CredentialBackOff(new RedisLink(undefined), 'desk', () => now);
  });

  it('admits calls while nothing was refused', () => {
    expect(pause.refusal()).toBeUndefined();
    expect(pause.isSuspect).toBe(false);
  });

  it('rejects every call for a second with the refused code and the remaining time', async () => {
    await pause.refused(70009);
    now += 250;
    const error = pause.refusal();
    expect(error).toBeInstanceOf(DeskRejectedError);
    expect(error).toMatchObject({ upstreamCode: 70009, retryAfterMs: 750 });
    now += 750;
    expect(pause.refusal()).toBeUndefined();
  });

  it('is not extended by refusals of calls in flight', async () => {
    await pause.refused(70009);
    now += 900;
    await pause.refused(70009);
    expect(pause.refusal()).toMatchObject({ retryAfterMs: 100 });
  });

  it('rejects every call for a minute after a lockout', async () => {
    await pause.lockedOut();
    now += 1000;
    const error = pause.refusal();
    expect(error).toBeInstanceOf(DeskUnavailableError);
    expect(error).toMatchObject({ upstreamCode: undefined, retryAfterMs: 59_000 });
  });

  it('stays locked out when another call is refused meanwhile', async () => {
    await pause.lockedOut();
    await pause.refused(70009);
    now += 59_999;
    expect(pause.refusal()).toBeInstanceOf(DeskUnavailableError);
  });

  it('keeps the credentials in doubt until a call is accepted', async () => {
    await pause.refused(70009);
    now += 60_000;
    expect(pause.isSuspect).toBe(true);
    pause.accepted();
    expect(pause.isSuspect).toBe(false);
  });
});
