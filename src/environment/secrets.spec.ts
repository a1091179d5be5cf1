import { describe, expect, it } from '@jest/globals';
import { apiKeys, encryptionKey } from './secrets.js';
import { Unreadable } from './variable.js';

const one = '01'.repeat(32);
const two = 'AB'.repeat(32);

describe('apiKeys', () => {
  it('reads pairs from commas and lines, past blank lines and # lines', () => {
    const text = `# keys, of the dashboards\r\nops.team-1:${one},\r\n\r\n  # old: x, revoked\n bi:${two} , #bi:${one}\n`;
    expect(apiKeys(text)).toEqual([
      { name: 'ops.team-1', digest: Buffer.from(one, 'hex') },
      { name: 'bi', digest: Buffer.from(two, 'hex') },
    ]);
  });

  it('allows a name several keys, and the same pair twice', () => {
    expect(apiKeys(`ops:${one},ops:${two},ops:${one}`)).toHaveLength(2);
  });

  it('refuses one key under two names, however it is written', () => {
    expect(apiKeys(`ops:${two},bi:${two.toLowerCase()}`)).toMatchObject({
      reason: 'entry 2 repeats the key of another name',
    });
  });

  it.each([
    `:${one}`,
    `a b:${one}`,
    one,
    `ops:${one}00`,
    `ops:${one.slice(1)}`,
    `ops:${'g'.repeat(64)}`,
    `ops: ${one}`,
  ])('refuses the pair %j without repeating it', (text) => {
    const faulty = apiKeys(`fine:${two},${text}`);
    expect(faulty).toMatchObject({ reason: expect.stringMatching(/^entry 2 is not name:sha256-hex/) });
    expect(JSON.stringify(faulty)).not.toContain(text);
  });
});

describe('encryptionKey', () => {
  it('is 32 bytes', () => {
    const key = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index));
    expect(encryptionKey(key.toString('base64'))).toEqual(key);
  });

  it.each([
    Buffer.alloc(31).toString('base64'),
    Buffer.alloc(33).toString('base64'),
    'a'.repeat(64),
    `${Buffer.alloc(32, 255).toString('base64url')}=`,
    `${Buffer.alloc(32).toString('base64')}\n`,
  ])('refuses %j', (text) => {
    expect(encryptionKey(text)).toBeInstanceOf(Unreadable);
  });
});
