import { describe, expect, it } from '@jest/globals';
import { WebhookSignature } from './webhook-signature.js';

/** The test vector of the document "Webhook overview". */
const TIME = 1_669_872_112;
const SIGN = '17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061';

function isValid(query: string, offMs = 0, tokens: readonly string[] = ['other', 'xxxxyyyy']): boolean {
  const now = () => TIME * 1000 + offMs;
  const signature = new WebhookSignature({ tokens, pathSecret: undefined, sdkAppId: 7, now });
  return signature.isValid({ query: new URLSearchParams(query), pathSecret: undefined });
}

describe("a webhook's signature", () => {
  const good = `SdkAppid=7&RequestTime=${TIME}&Sign=${SIGN}`;

  it('matches the one of the document', () => {
    expect(isValid(good)).toBe(true);
    expect(isValid(good, 0, ['other'])).toBe(false);
  });

  it.each([
    [-60_000, true],
    [60_999, true],
    [-61_000, false],
    [61_000, false],
  ])('%d ms off: %p', (offMs, expected) => {
    expect(isValid(good, offMs)).toBe(expected);
  });

  it.each([
    ['no SdkAppid', good.replace('SdkAppid=7&', '')],
    ['another SdkAppid', good.replace('=7', '=8')],
    ['two signatures', `${good}&Sign=${SIGN}`],
    ['more behind it', `${good}zz`],
    ['none', `SdkAppid=7&RequestTime=${TIME}`],
    ['a time that is none', `SdkAppid=7&RequestTime=${TIME}.0&Sign=${SIGN}`],
  ])('is wrong with %s', (_, query) => {
    expect(isValid(query)).toBe(false);
  });

  it('is never valid without tokens and path secret', () => {
    expect(isValid('SdkAppid=7', 0, [])).toBe(false);
  });
});
