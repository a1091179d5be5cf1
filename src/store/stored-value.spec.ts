import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/model-desk.js';
import { Entries } from '../transcript/entries.js';
import { encryptingSeal, plainSeal } from './seal.js';
import { decodeValue, encodeValue, FORMAT, type StoredHeader } from './stored-value.js';

interface Golden {
  readonly key: string;
  /** Base64 of what lies in Redis. */
  readonly value: string;
}

/**
 * Values as they were written when this format began. Whoever changes what these tests say has changed the format: raise
 * FORMAT, move these values to `past`, and write new ones.
 */
const golden = JSON.parse(readFileSync(new URL('stored-value.golden.json', import.meta.url), 'utf8')) as {
  readonly format: number;
  readonly current: Record<StoredHeader['kind'] | 'encrypted', Golden>;
  readonly past: readonly Golden[];
};

const messages = [messageOf(0, 1_700_000_000_000), messageOf(1, 1_700_000_000_500, 'héllo\n"world"')];
const payload = Entries.of(messages).encode();
const dates = { ttl: 3_910_000, age: 12, life: 60_000 };
const nothing = Buffer.alloc(0);

const written: Record<StoredHeader['kind'], readonly [StoredHeader, Buffer]> = {
  log: [{ kind: 'log', epoch: 'e0123456789_', frame: 'eabcdef0123_', total: 2, proven: true, ...dates }, payload],
  gone: [{ kind: 'gone', ...dates }, nothing],
  contradicted: [{ kind: 'contradicted', epoch: 'c0123456789', ...dates }, nothing],
  block: [{ kind: 'block', first: 100, ...dates }, payload],
  window: [{ kind: 'window', total: 7, ...dates }, payload],
};
const kinds = ['log', 'gone', 'contradicted', 'block', 'window'] as const;

const secret = Buffer.alloc(32, 7);

describe('the stored format', () => {
  it('is the one of the golden file', () => {
    expect(golden.format).toBe(FORMAT);
  });

  it.each(kinds)('writes %s as ever', (kind) => {
    const { key, value } = golden.current[kind];
    expect(encodeValue(key, ...written[kind], plainSeal).toString('base64')).toBe(value);
  });

  it.each(kinds)('reads %s as ever', (kind) => {
    const { key, value } = golden.current[kind];
    const [header, payload] = written[kind];
    expect(decodeValue(key, Buffer.from(value, 'base64'), plainSeal)).toEqual({ header, payload });
  });

  it('reads what was encrypted as ever', () => {
    const { key, value } = golden.current.encrypted;
    expect(decodeValue(key, Buffer.from(value, 'base64'), encryptingSeal(secret))?.payload).toEqual(payload);
  });

  it('takes a past format for a miss', () => {
    for (const { key, value } of golden.past) {
      expect(decodeValue(key, Buffer.from(value, 'base64'), plainSeal)).toBeUndefined();
    }
  });

  it.each([
    ['nothing', ''],
    ['no header', 'garbage'],
    ['an empty line', '\n'],
    ['JSON that is no object', '[]\n'],
    ['another kind', '{"v":1,"kind":"other","ttl":1,"age":1,"life":1}\n'],
    ['times of another type', '{"v":1,"kind":"gone","ttl":"1","age":1,"life":1}\n'],
    ['negative times', '{"v":1,"kind":"gone","ttl":1,"age":-1,"life":1}\n'],
    ['the next format', '{"v":2,"kind":"gone","ttl":1,"age":1,"life":1}\n'],
  ])('takes %s for a miss', (_, text) => {
    expect(decodeValue('key', Buffer.from(text), plainSeal)).toBeUndefined();
  });

  it.each([null, undefined, 'a string', 7, ['a list']])('takes %p instead of bytes for a miss', (value) => {
    expect(decodeValue('key', value, plainSeal)).toBeUndefined();
  });
});

describe('a run of messages', () => {
  it('comes back as it was', () => {
    const entries = Entries.decode(payload);
    expect(entries?.count).toBe(2);
    expect(entries?.equals(Entries.of(messages))).toBe(true);
    expect(entries?.newestAt).toBe(1_700_000_000_500);
  });

  it('is a miss wherever it was cut off, or has something behind it', () => {
    for (let length = 0; length < payload.length; length++) {
      expect(Entries.decode(payload.subarray(0, length))).toBeUndefined();
    }
    expect(Entries.decode(Buffer.concat([payload, Buffer.from('!')]))).toBeUndefined();
  });
});

describe('an encrypted value', () => {
  const [header] = written.block;
  const value = encodeValue('key', header, payload, encryptingSeal(secret));

  it('holds no word of the conversation', () => {
    expect(value.toString('latin1')).not.toContain('message 0');
  });

  it('opens under its key and name', () => {
    expect(decodeValue('key', value, encryptingSeal(secret))?.payload).toEqual(payload);
  });

  it.each([
    ['another encryption key', 'key', value, encryptingSeal(Buffer.alloc(32, 8))],
    ['another name', 'other', value, encryptingSeal(secret)],
    [
      'another header',
      'key',
      Buffer.from(value.toString('latin1').replace('"age":12', '"age":11'), 'latin1'),
      encryptingSeal(secret),
    ],
    ['nothing encrypted', 'key', encodeValue('key', header, payload, plainSeal), encryptingSeal(secret)],
    ['next to nothing', 'key', value.subarray(0, value.indexOf(10) + 5), encryptingSeal(secret)],
  ])('is a miss: %s', (_, key, value, seal) => {
    expect(decodeValue(key, value, seal)).toBeUndefined();
  });

  it('is never the same twice', () => {
    expect(encodeValue('key', header, payload, encryptingSeal(secret))).not.toEqual(value);
  });
});
