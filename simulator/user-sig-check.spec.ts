import { deflateSync } from 'node:zlib';
import { describe, expect, it, test } from '@jest/globals';
import { demoCredentials } from './credentials.js';
import { checkUserSig } from './user-sig-check.js';
import { makeUserSig, packUserSig } from './user-sig.js';

const SIGNED_AT = 1700000000;
const IN_TIME = (SIGNED_AT + 60) * 1000;

// Full UserSig strings made with Tencent's own libraries and their public demo credentials.
const V1 =
  'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwjDB4pTsxIKCzBQlK0MTAyiAyKRWFGQWpQLFTU1NjZAlSjJzwcJmlpaGBkZIEsWZ6UCTk1yzzF0DvFP93TP0XaK0fVLLnP0isoKLfErSs7K0c5wtXFMMSjOLvCIiQ22VagHjLDB3';
const V2 =
  'eAEBwAA--3siVExTLnZlciI6IjIuMCIsIlRMUy5pZGVudGlmaWVyIjoiMCIsIlRMUy5zZGthcHBpZCI6MTQwMDAwMDAwMCwiVExTLmV4cGlyZSI6MTU1NTIwMDAwMDAsIlRMUy50aW1lIjoxNTY5OTEwMjAwMDAwLCJUTFMudXNlcmJ1ZiI6IllXSmoiLCJUTFMuc2lnIjoic1d0YmwyK2xrdjFEY29CRjJZMklXakdCNDRLb0RnRElGeGRoendWWG8yUT0ifR54Nug_';
const V3 =
  'eAEBrgBR-3siVExTLnZlciI6IjIuMCIsIlRMUy5pZGVudGlmaWVyIjoiYWRtaW5pc3RyYXRvciIsIlRMUy5zZGthcHBpZCI6MTQwMDAwMDAwMCwiVExTLnRpbWUiOjE3MDAwMDAwMDAsIlRMUy5leHBpcmUiOjg2NDAwLCJUTFMuc2lnIjoieUxBZSt3N1dVZVV1cWJWOWgvVFg3OHUyMW9UR2kraTlacDF1M1Bwblk2MD0ifa0SM5I_';
const V3_DEFLATED =
  'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5mcUlRYkl*UVQBcUp2YkFBZkpSlaGJgZQAJEpycxNVbIyNEcVTa0oyCxKVbKyMDOBCRVnpitZKVX6OKZql5uHh6aGlhYmhVlm6IdEmFuUGhnmh7hnamdaRhUYlhoHFORFmhnYKtUCAK0SM5I_';

function check(userSig: string, identifier = 'administrator', nowMs = IN_TIME): number {
  return checkUserSig(userSig, identifier, demoCredentials, nowMs);
}

describe('accepts the published vectors', () => {
  test.each([
    ['V1', V1, '0'],
    ['V2, with a userbuf', V2, '0'],
    ['V3, stored', V3, 'administrator'],
    ['V3, deflated', V3_DEFLATED, 'administrator'],
  ])('%s', (_name, userSig, identifier) => {
    expect(check(userSig, identifier)).toBe(0);
  });

  test.each([
    ['V4', 'xiaojun', 15552000, undefined, 'LvA7d/Iw7gSsnskvVzBDPOCCDbuNCw4GHwTC0bip+B4='],
    ['V5, with a userbuf', 'administrator', 86400, 'YWJj', '8genqljbpEaJZVMsIbmfmZ/85Nx6/a80jcuFHDVj+RM='],
  ])('%s, of which only the HMAC is published', (_name, identifier, expire, userBuf, sig) => {
    const buffer = userBuf === undefined ? {} : { 'TLS.userbuf': userBuf };
    expect(
      check(packed({ 'TLS.identifier': identifier, 'TLS.expire': expire, 'TLS.sig': sig, ...buffer }), identifier),
    ).toBe(0);
  });

  it('makes V3 byte for byte', () => {
    expect(makeUserSig(demoCredentials, SIGNED_AT)).toBe(V3);
  });
});

describe('refuses', () => {
  it('an empty one with 70002', () => {
    expect(check('')).toBe(70002);
  });

  test.each([
    ['a truncated one', V3.slice(0, -8)],
    ['base64 as it is', V3_DEFLATED.replaceAll('*', '+').replaceAll('_', '=')],
    ['base64url', V3_DEFLATED.replaceAll('-', '_').replaceAll('*', '-')],
    ['one without padding', V3.replaceAll('_', '')],
    ['no zlib data', Buffer.from('hello!').toString('base64')],
    ['no JSON', packUserSig('hello')],
    ['a list', packUserSig('[]')],
    ['another version', packed({ 'TLS.ver': '1.0' })],
    ['a time in text', packed({ 'TLS.time': '1700000000' })],
    ['one without a sig', packed({ 'TLS.sig': undefined })],
    ['a bomb', substituted(deflateSync(Buffer.alloc(1_000_000)))],
  ])('%s with 70003', (_name, userSig) => {
    expect(check(userSig)).toBe(70003);
  });

  it('an expired one with 70001, one second after its last', () => {
    expect(check(V3, 'administrator', (SIGNED_AT + 86400) * 1000)).toBe(0);
    expect(check(V3, 'administrator', (SIGNED_AT + 86401) * 1000)).toBe(70001);
  });

  it('one made with another key with 70009', () => {
    expect(check(makeUserSig({ ...demoCredentials, secretKey: 'another' }, SIGNED_AT))).toBe(70009);
  });

  it('one made with the key as bytes with 70009', () => {
    const bytes = Buffer.from(demoCredentials.secretKey, 'hex').toString('latin1');
    expect(check(makeUserSig({ ...demoCredentials, secretKey: bytes }, SIGNED_AT))).toBe(70009);
  });

  it('a changed lifetime with 70009', () => {
    expect(check(packed({ 'TLS.expire': 999999 }))).toBe(70009);
  });

  it('another user’s with 70013', () => {
    expect(check(V3, 'someone')).toBe(70013);
  });

  it('another application’s with 70014', () => {
    expect(check(makeUserSig({ ...demoCredentials, sdkAppId: 1400000001 }, SIGNED_AT))).toBe(70014);
  });
});

function packed(change: Readonly<Record<string, unknown>>): string {
  const v3 = {
    'TLS.ver': '2.0',
    'TLS.identifier': 'administrator',
    'TLS.sdkappid': demoCredentials.sdkAppId,
    'TLS.time': SIGNED_AT,
    'TLS.expire': 86400,
    'TLS.sig': 'yLAe+w7WUeUuqbV9h/TX78u21oTGi+i9Zp1u3PpnY60=',
  };
  return packUserSig(JSON.stringify({ ...v3, ...change }));
}

function substituted(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_');
}
