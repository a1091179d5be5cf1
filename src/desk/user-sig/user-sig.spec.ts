import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { inflateSync } from 'node:zlib';
import { describe, expect, it, jest } from '@jest/globals';
import { signUserSig, UserSig } from './user-sig.js';

// Printed in all of Tencent's own repositories: not a secret.
const secretKey = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e';
const sdkAppId = 1400000000;
const id = { sdkAppId, secretKey };

function opened(sig: string): Record<string, unknown> {
  const base64 = sig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
  const document: unknown = JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString());
  return { ...(typeof document === 'object' ? document : undefined) };
}

// Public demo credentials of Tencent's libraries. V1 has milliseconds in place of seconds, as in the crate it comes from.
const vectors = [
  ['V1', { identifier: '0', time: 1569910200000, expire: 15552000000 }, 'bEj7EPKeOGh/DZ+LevCNXjSrLtgjj+lC8Ed0uirJXYU='],
  [
    'V3',
    { identifier: 'administrator', time: 1700000000, expire: 86400 },
    'yLAe+w7WUeUuqbV9h/TX78u21oTGi+i9Zp1u3PpnY60=',
  ],
  ['V4', { identifier: 'xiaojun', time: 1700000000, expire: 15552000 }, 'LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4='],
] as const;

const publicStringOfV1 =
  'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwjDB4pTsxIKCzBQlK0MTAyiAyKRWFGQWpQLFTU1NjZAlSjJzwcJmlpaGBkZIEsWZ6UCTk1yzzF0DvFP93TP0XaK0fVLLnP0isoKLfErSs7K0c5wtXFMMSjOLvCIiQ22VagHjLDB3';
const v3AtLevel0 =
  'eAEBrgBR-3siVExTLnZlciI6IjIuMCIsIlRMUy5pZGVudGlmaWVyIjoiYWRtaW5pc3RyYXRvciIsIlRMUy5zZGthcHBpZCI6MTQwMDAwMDAwMCwiVExTLnRpbWUiOjE3MDAwMDAwMDAsIlRMUy5leHBpcmUiOjg2NDAwLCJUTFMuc2lnIjoieUxBZSt3N1dVZVV1cWJWOWgvVFg3OHUyMW9UR2kraTlacDF1M1Bwblk2MD0ifa0SM5I_';

describe('signUserSig', () => {
  it.each(vectors)('passes test vector %s', (_name, claims, sig) => {
    const { identifier, time, expire } = claims;
    expect(opened(signUserSig({ ...id, ...claims }))).toEqual({
      'TLS.ver': '2.0',
      'TLS.identifier': identifier,
      'TLS.sdkappid': sdkAppId,
      'TLS.time': time,
      'TLS.expire': expire,
      'TLS.sig': sig,
    });
  });

  it('matches the content of the public string of V1', () => {
    expect(opened(signUserSig({ ...id, ...vectors[0][1] }))).toEqual(opened(publicStringOfV1));
  });

  it('matches the level-0 string of V3 byte for byte', () => {
    expect(signUserSig({ ...id, ...vectors[1][1] })).toBe(v3AtLevel0);
  });

  it('needs no escaping in a query', () => {
    for (let time = 1; time < 200; time += 1) {
      expect(signUserSig({ ...id, identifier: 'administrator', time, expire: 2 })).toMatch(/^[\w*-]+$/);
    }
  });
});

function signer(ttlMs = 100_000, startMs = 1_700_000_000_250) {
  const clock = { nowMs: startMs };
  const onSigned = jest.fn();
  const userSig = new UserSig({ ...id, identifier: 'administrator', ttlMs, now: () => clock.nowMs, onSigned });
  return { clock, onSigned, userSig, startMs };
}

describe('UserSig', () => {
  it('is signed once, with the time in whole seconds and the lifetime as a duration', () => {
    const { userSig, onSigned } = signer(86_400_999);
    const first = userSig.current();
    expect([userSig.current(), userSig.current()]).toEqual([first, first]);
    expect(onSigned).toHaveBeenCalledTimes(1);
    expect(opened(first)).toMatchObject({ 'TLS.time': 1_700_000_000, 'TLS.expire': 86_400 });
  });

  it('is renewed when 80 % of its lifetime has passed', () => {
    const { userSig, clock } = signer();
    const first = userSig.current();
    clock.nowMs = 1_700_000_079_999;
    expect(userSig.current()).toBe(first);
    clock.nowMs = 1_700_000_080_000;
    expect(opened(userSig.current())).toMatchObject({ 'TLS.time': 1_700_000_080 });
  });

  it('is never expired at the shortest lifetime', () => {
    const { userSig, clock, startMs } = signer(2000);
    for (; clock.nowMs < startMs + 10_000; clock.nowMs += 50) {
      expect(Number(opened(userSig.current())['TLS.time']) + 2).toBeGreaterThan(clock.nowMs / 1000);
    }
  });

  it('is signed again when the clock is set back before it was signed', () => {
    const { userSig, clock } = signer();
    userSig.current();
    clock.nowMs -= 3_600_000;
    expect(opened(userSig.current())).toMatchObject({ 'TLS.time': 1_699_996_400 });
  });

  it('exposes neither key nor signature', () => {
    const { userSig } = signer();
    const sig = userSig.current();
    const shown = inspect(userSig, { depth: 9, showHidden: true }) + JSON.stringify(userSig);
    expect(shown).not.toContain(secretKey);
    expect(shown).not.toContain(sig);
  });
});

describe('UserSig.renew', () => {
  it('returns another valid signature, even within the second of the refused one', () => {
    const { userSig } = signer();
    const refused = userSig.current();
    const renewed = userSig.renew(refused);
    expect(renewed).not.toBe(refused);
    expect(userSig.current()).toBe(renewed);
    const { 'TLS.sig': sig, ...claims } = opened(renewed ?? '');
    expect(claims).toMatchObject({ 'TLS.time': 1_699_999_999, 'TLS.expire': 100 });
    const text = 'TLS.identifier:administrator\nTLS.sdkappid:1400000000\nTLS.time:1699999999\nTLS.expire:100\n';
    expect(sig).toBe(createHmac('sha256', secretKey).update(text).digest('base64'));
  });

  it('returns the signature made meanwhile to later callers', () => {
    const { userSig, onSigned } = signer();
    const refused = userSig.current();
    const renewed = userSig.renew(refused);
    expect([userSig.renew(refused), userSig.renew(refused)]).toEqual([renewed, renewed]);
    expect(onSigned).toHaveBeenCalledTimes(2);
  });

  it('signs at most once a second', () => {
    const { userSig, clock, onSigned } = signer();
    const renewed = userSig.renew(userSig.current());
    clock.nowMs += 999;
    expect(userSig.renew(renewed ?? '')).toBeUndefined();
    clock.nowMs += 1;
    expect(userSig.renew(renewed ?? '')).toEqual(expect.any(String));
    expect(onSigned).toHaveBeenCalledTimes(3);
  });

  it('keeps a backdated signature for the rest of its second, so that the shortest lifetime causes no extra signing', () => {
    const { userSig, clock, onSigned } = signer(2000, 1_700_000_000_700);
    const renewed = userSig.renew(userSig.current());
    clock.nowMs += 200;
    expect(userSig.current()).toBe(renewed);
    clock.nowMs += 100;
    expect(opened(userSig.current())).toMatchObject({ 'TLS.time': 1_700_000_001 });
    expect(onSigned).toHaveBeenCalledTimes(3);
  });

  it('does not wait for a clock that was set back to catch up', () => {
    const { userSig, clock } = signer();
    userSig.renew(userSig.current());
    clock.nowMs -= 60_000;
    expect(userSig.renew(userSig.current())).toEqual(expect.any(String));
  });
});
