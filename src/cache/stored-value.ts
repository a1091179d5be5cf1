import { isJsonObject, type JsonObject, parseJson } from '../json.js';
import { type Basis, type Dated } from './freshness.js';
import { type ValueCipher } from './value-cipher.js';

/** Raised whenever the format changes; a value of another one is a miss (golden file: stored-value.golden.json). */
export const FORMAT = 2;

/** A value as its resource writes and reads it. `fields` lie in the clear: counts and names, no content. */
export interface StoredValue extends Dated {
  readonly kind: string;
  readonly fields: JsonObject;
  readonly payload: Buffer;
}

/**
 * How a value lies in Redis: a line of JSON, then the payload, encrypted where a key is set. `ttl` and `age` (ms) tell,
 * with PTTL, how old the value is by Redis's own clock, so that replicas need not agree on the time.
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
  // What lives longer than it was written to live would seem fresh all that time.
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

/** A whole number from 0 on. */
export function readCount(json: JsonObject, name: string): number | undefined {
  const value = json[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

export function readText(json: JsonObject, name: string): string | undefined {
  const value = json[name];
  return typeof value === 'string' ? value : undefined;
}
