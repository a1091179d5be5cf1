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

  it('lets calls go where nothing was refused', async () => {
    expect(await pause.check()).toBeUndefined();
    expect(pause.isDoubted).toBe(false);
  });

  it('ends every call for a second in the code that was refused, and says how long', async () => {
    await pause.refused(70009);
    now += 250;
    const error = await pause.check();
    expect(error).toBeInstanceOf(DeskRejectedError);
    expect(error).toMatchObject({ upstreamCode: 70009, retryAfterMs: 750 });
    now += 750;
    expect(await pause.check()).toBeUndefined();
  });

  it('is not prolonged by refusals of calls that were under way', async () => {
    await pause.refused(70009);
    now += 900;
    await pause.refused(70009);
    expect(await pause.check()).toMatchObject({ retryAfterMs: 100 });
  });

  it('shuts for a minute when the desk locked us out', async () => {
    await pause.lockedOut();
    now += 1000;
    const error = await pause.check();
    expect(error).toBeInstanceOf(DeskUnavailableError);
    expect(error).toMatchObject({ upstreamCode: undefined, retryAfterMs: 59_000 });
  });

  it('stays locked out when another call is refused meanwhile', async () => {
    await pause.lockedOut();
    await pause.refused(70009);
    now += 59_999;
    expect(await pause.check()).toBeInstanceOf(DeskUnavailableError);
  });

  it('leaves the credentials in doubt until a call is accepted', async () => {
    await pause.refused(70009);
    now += 60_000;
    expect(pause.isDoubted).toBe(true);
    pause.accepted();
    expect(pause.isDoubted).toBe(false);
  });
});
