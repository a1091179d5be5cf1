import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '../problem/problem.js';
import { AccessControl } from './access-control.js';
import { Authenticator, type Caller, callerNamed } from './authenticator.js';
import { WebhookSignature } from './webhook-signature.js';

/** Authenticates every request as this caller, or none. */
class Knows extends Authenticator {
  constructor(
    private readonly caller: Caller | undefined,
    private readonly isSure = true,
  ) {
    super();
  }

  override recall(): Caller | undefined {
    return this.isSure ? this.caller : undefined;
  }

  override authenticate(): Caller | undefined | Promise<Caller | undefined> {
    return this.isSure ? this.caller : Promise.resolve(this.caller);
  }
}

const webhook = new WebhookSignature({ tokens: [], pathSecret: undefined, sdkAppId: 1, now: () => 0 });

function accessOf(authenticator: Authenticator, requiredScope?: string, areMetricsOpen = false): AccessControl {
  return new AccessControl({ authenticator, limit: undefined, requiredScope, areMetricsOpen, webhook });
}

function request(headers: Record<string, string> = {}): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.headers = headers;
  return message;
}

const scoped = (...scopes: string[]): Caller => ({ name: 'ann', scopes: new Set(scopes), expiresAt: Infinity });

/** The error of a refused request. */
async function refusal(access: AccessControl, headers?: Record<string, string>, of: 'callers' | 'scraper' = 'callers') {
  try {
    await access.admit(request(headers), of);
  } catch (error) {
    if (error instanceof ProblemError) return [error.code, error.details.headers?.['www-authenticate']];
    throw error;
  }
  return undefined;
}

describe('AccessControl', () => {
  it('admits a known caller, synchronously if it can', async () => {
    const ann = callerNamed('ann');
    expect(accessOf(new Knows(ann)).admit(request(), 'callers')).toBe(ann);
    expect(await accessOf(new Knows(ann, false)).admit(request(), 'callers')).toBe(ann);
  });

  it.each([true, false])(
    'refuses an unknown caller with 401, and says whether credentials were wrong (sync: %s)',
    async (is) => {
      const access = accessOf(new Knows(undefined, is), 'desk:read');
      expect(await refusal(access)).toEqual(['unauthorized', 'Bearer realm="desk-bff"']);
      const wrong = ['unauthorized', 'Bearer realm="desk-bff", error="invalid_token"'];
      expect(await refusal(access, { authorization: 'Bearer x' })).toEqual(wrong);
      expect(await refusal(access, { 'x-api-key': 'x' })).toEqual(wrong);
    },
  );

  it.each([true, false])('refuses a known caller without the scope with 403, and names it (sync: %s)', async (is) => {
    for (const caller of [scoped(), scoped('desk:write', 'desk:read:all'), callerNamed('ann')]) {
      const access = accessOf(new Knows(caller, is), 'desk:read');
      const challenge = 'Bearer realm="desk-bff", error="insufficient_scope", scope="desk:read"';
      expect(await refusal(access)).toEqual(['forbidden', challenge]);
      expect(access.recall(request())).toBeUndefined();
    }
  });

  it('admits a caller with the scope, and any caller if none is required', async () => {
    expect(await refusal(accessOf(new Knows(scoped('other', 'desk:read')), 'desk:read'))).toBeUndefined();
    expect(await refusal(accessOf(new Knows(scoped())))).toBeUndefined();
  });

  it('requires no scope for the scrape, but a known caller', async () => {
    expect(await refusal(accessOf(new Knows(scoped()), 'desk:read'), {}, 'scraper')).toBeUndefined();
    const [code] = (await refusal(accessOf(new Knows(undefined), 'desk:read'), {}, 'scraper')) ?? [];
    expect(code).toBe('unauthorized');
  });

  it('admits everybody where the route is public, and to the scrape if the operator allows it', () => {
    const access = accessOf(new Knows(undefined));
    const accesses = ['anybody', 'callers', 'scraper'] as const;
    expect(accesses.map((one) => access.isOpen(one))).toEqual([true, false, false]);
    expect(accessOf(new Knows(undefined), undefined, true).isOpen('scraper')).toBe(true);
    expect(accessOf(new Knows(undefined), undefined, true).isOpen('callers')).toBe(false);
  });
});
