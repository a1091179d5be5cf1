import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { NotFound } from './entry.js';
import {
  aesGcm,
  decodeValue,
  encodeValue,
  FORMAT,
  plainText,
  type StoredValue,
  type ValueCipher,
} from './stored-value.js';

interface Golden {
  readonly key: string;
  /** Base64 of the bytes in Redis. */
  readonly value: string;
}

/**
 * Values as they were written when this format began. Changing what these tests expect changes the format: raise
 * FORMAT, move these values to `past`, and write new ones.
 */
const golden = JSON.parse(readFileSync(new URL('stored-value.golden.json', import.meta.url), 'utf8')) as {
  readonly format: number;
  readonly current: Record<'value' | 'notFound' | 'encrypted', Golden>;
  readonly past: readonly Golden[];
};

const ASKED_AT = 1_700_000_000_000;
const NOW = ASKED_AT + 12;
const TTL = 3_910_000;
const payload = Buffer.from('héllo\n"world"\n');
const value: StoredValue = {
  kind: 'sample',
  fields: { name: 'é\n', count: 7, isRight: true },
  payload,
  askedAt: ASKED_AT,
  lifetimeMs: 60_000,
};
const notFound: StoredValue = new NotFound(ASKED_AT, 5000, ASKED_AT).write;
const samples = { value, notFound };
const names = ['value', 'notFound'] as const;

const secret = Buffer.alloc(32, 7);
const encode = (key: string, stored: StoredValue, cipher: ValueCipher) =>
  encodeValue(key, stored, { ttl: TTL, now: NOW, cipher });
const decode = (key: string, stored: unknown, cipher: ValueCipher, leftMs = TTL) =>
  decodeValue(key, stored, { leftMs, now: NOW, cipher });

describe('the stored format', () => {
  it('is the one of the golden file', () => {
    expect(golden.format).toBe(FORMAT);
  });

  it.each(names)('writes %s unchanged', (name) => {
    const { key, value } = golden.current[name];
    expect(encode(key, samples[name], plainText).toString('base64')).toBe(value);
  });

  it.each(names)('reads %s unchanged', (name) => {
    const { key, value } = golden.current[name];
    const { kind, fields, payload, askedAt, lifetimeMs } = samples[name];
    const read = decode(key, Buffer.from(value, 'base64'), plainText);
    expect(read).toEqual({ kind, fields, payload, askedAt, lifetimeMs });
  });

  it('reads encrypted values unchanged', () => {
    const { key, value } = golden.current.encrypted;
    expect(decode(key, Buffer.from(value, 'base64'), aesGcm(secret))?.payload).toEqual(payload);
  });

  it('reads a past format as a miss', () => {
    expect(golden.past.length).toBeGreaterThanOrEqual(FORMAT);
    for (const { key, value } of golden.past) {
      for (const cipher of [plainText, aesGcm(secret)]) {
        expect(decode(key, Buffer.from(value, 'base64'), cipher)).toBeUndefined();
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['no header', 'garbage'],
    ['an empty line', '\n'],
    ['JSON that is no object', '[]\n'],
    ['no kind', '{"v":2,"ttl":1,"age":1,"life":1,"fields":{}}\n'],
    ['another type of kind', '{"v":2,"kind":1,"ttl":1,"age":1,"life":1,"fields":{}}\n'],
    ['no fields', '{"v":2,"kind":"log","ttl":1,"age":1,"life":1}\n'],
    ['fields that are no object', '{"v":2,"kind":"log","ttl":1,"age":1,"life":1,"fields":[]}\n'],
    ['times of another type', '{"v":2,"kind":"log","ttl":"1","age":1,"life":1,"fields":{}}\n'],
    ['negative times', '{"v":2,"kind":"log","ttl":1,"age":-1,"life":1,"fields":{}}\n'],
    ['the next format', '{"v":3,"kind":"log","ttl":1,"age":1,"life":1,"fields":{}}\n'],
  ])('reads %s as a miss', (_, text) => {
    expect(decode('key', Buffer.from(text), plainText)).toBeUndefined();
  });

  it.each([null, undefined, 'a string', 7, ['a list']])('reads %p instead of bytes as a miss', (stored) => {
    expect(decode('key', stored, plainText)).toBeUndefined();
  });
});

describe('the age of a stored value', () => {
  const stored = encode('key', value, plainText);

  it('is its age when written plus the time it was in Redis, by the clock of Redis', () => {
    expect(decode('key', stored, plainText)?.askedAt).toBe(NOW - 12);
    expect(decode('key', stored, plainText, TTL - 30_000)?.askedAt).toBe(NOW - 12 - 30_000);
  });

  it('is a miss if it would live longer than it was written to live', () => {
    expect(decode('key', stored, plainText, TTL)).toBeDefined();
    expect(decode('key', stored, plainText, TTL + 1)).toBeUndefined();
  });

  it('is never negative, however the clocks differ', () => {
    const early = encodeValue('key', value, { ttl: TTL, now: ASKED_AT - 500, cipher: plainText });
    expect(decode('key', early, plainText)?.askedAt).toBe(NOW);
  });
});

describe('an encrypted value', () => {
  const stored = encode('key', value, aesGcm(secret));

  it('shows no word of its payload', () => {
    expect(stored.toString('latin1')).not.toContain('world');
  });

  it('is decrypted under its key and name', () => {
    expect(decode('key', stored, aesGcm(secret))?.payload).toEqual(payload);
  });

  const replaced = (text: string, by: string) => Buffer.from(stored.toString('latin1').replace(text, by), 'latin1');

  it.each([
    ['another encryption key', 'key', stored, aesGcm(Buffer.alloc(32, 8))],
    ['another name', 'other', stored, aesGcm(secret)],
    ['another age', 'key', replaced('"age":12', '"age":11'), aesGcm(secret)],
    ['another field', 'key', replaced('"count":7', '"count":8'), aesGcm(secret)],
    ['nothing encrypted', 'key', encode('key', value, plainText), aesGcm(secret)],
    ['next to nothing', 'key', stored.subarray(0, stored.indexOf(10) + 5), aesGcm(secret)],
  ])('is a miss: %s', (_, key, bytes, cipher) => {
    expect(decode(key, bytes, cipher)).toBeUndefined();
  });

  it('is different each time', () => {
    expect(encode('key', value, aesGcm(secret))).not.toEqual(stored);
  });
});
