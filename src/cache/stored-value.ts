import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { isJsonObject, type JsonObject, parseJson } from '../json.js';
import { type Basis, type Dated } from './freshness.js';

/** Raised whenever the format changes; a value of another format is a miss (golden file: stored-value.golden.json). */
export const FORMAT = 2;

/** A value as its resource writes and reads it. `fields` are not encrypted: counts and names, no content. */
export interface StoredValue extends Dated {
  readonly kind: string;
  readonly fields: JsonObject;
  readonly payload: Buffer;
}

/**
 * The format of a value in Redis: a line of JSON, then the payload, encrypted if a key is set. `ttl` and `age` (ms)
 * tell, with PTTL, how old the value is by Redis's own clock, so that replicas need not agree on the time.
 */
interface Header {
  readonly kind: string;
  readonly ttl: number;
  readonly age: number;
  readonly life: number;
  readonly basis: Basis | undefined;
  readonly fields: JsonObject;
}

const NEWLINE = 0x0a;

export function encodeValue(
  key: string,
  { kind, fields, payload, askedAt, lifetimeMs, basis }: StoredValue,
  { ttl, now, cipher }: { readonly ttl: number; readonly now: number; readonly cipher: ValueCipher },
): Buffer {
  const age = Math.max(0, Math.round(now - askedAt));
  const line = JSON.stringify({ v: FORMAT, kind, ttl, age, life: lifetimeMs, ...basis, fields });
  return Buffer.concat([Buffer.from(`${line}\n`), cipher.encrypt(payload, `${key}\n${line}`)]);
}

/** undefined for anything that `encodeValue` did not write under this key, with this cipher. */
export function decodeValue(
  key: string,
  stored: unknown,
  { leftMs, now, cipher }: { readonly leftMs: number; readonly now: number; readonly cipher: ValueCipher },
): StoredValue | undefined {
  if (!Buffer.isBuffer(stored)) return undefined;
  const end = stored.indexOf(NEWLINE);
  if (end < 0) return undefined;
  const line = stored.toString('utf8', 0, end);
  const header = readHeader(line);
  // A value with a TTL longer than it was written with would seem fresh all that time.
  if (header === undefined || leftMs > header.ttl) return undefined;
  const payload = cipher.decrypt(stored.subarray(end + 1), `${key}\n${line}`);
  if (payload === undefined) return undefined;
  const { kind, fields, ttl, age, life, basis } = header;
  const askedAt = now - age - Math.max(0, ttl - leftMs);
  return { kind, fields, payload, askedAt, lifetimeMs: life, ...(basis === undefined ? {} : { basis }) };
}

function readHeader(line: string): Header | undefined {
  const json = parseJson(line);
  if (!isJsonObject(json) || json['v'] !== FORMAT) return undefined;
  const { kind, fields } = json;
  const [ttl, age, life] = [readCount(json, 'ttl'), readCount(json, 'age'), readCount(json, 'life')];
  if (typeof kind !== 'string' || !isJsonObject(fields)) return undefined;
  if (ttl === undefined || age === undefined || life === undefined) return undefined;
  return { kind, ttl, age, life, basis: readBasis(json), fields };
}

function readBasis(json: JsonObject): Basis | undefined {
  const change = readCount(json, 'change');
  return change === undefined ? undefined : { change, mayLag: json['mayLag'] !== false };
}

/** A whole number, 0 or more. */
export function readCount(json: JsonObject, name: string): number | undefined {
  const value = json[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function readText(json: JsonObject, name: string): string | undefined {
  const value = json[name];
  return typeof value === 'string' ? value : undefined;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The encoding of payloads in Redis. What cannot be decrypted is a miss, never an error. */
export interface ValueCipher {
  encrypt(payload: Buffer, boundTo: string): Buffer;
  decrypt(stored: Buffer, boundTo: string): Buffer | undefined;
}

/** No key is configured: the payload as it is. */
export const plainText: ValueCipher = {
  encrypt: (payload) => payload,
  decrypt: (stored) => stored,
};

/**
 * AES-256-GCM: IV, tag, ciphertext. Bound to the key's name and the header, so that values cannot be swapped or
 * altered.
 */
export function aesGcm(key: Buffer): ValueCipher {
  return {
    encrypt(payload, boundTo) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo));
      const text = Buffer.concat([cipher.update(payload), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]);
    },
    decrypt(stored, boundTo) {
      if (stored.length < IV_BYTES + TAG_BYTES) return undefined;
      const iv = stored.subarray(0, IV_BYTES);
      const tag = stored.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(boundTo)).setAuthTag(tag);
        return Buffer.concat([decipher.update(stored.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      } catch {
        // Another key, another place, or not written by us: GCM does not say which, and all are a miss.
        return undefined;
      }
    },
  };
}
