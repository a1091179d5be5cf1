import { isJsonObject, type JsonObject } from '../desk/desk-message.js';
import { type Seal } from './seal.js';

/** Raised whenever the format changes; a value of another one is a miss (golden file: stored-value.golden.json). */
export const FORMAT = 1;

/**
 * How a value lies in Redis: one line of JSON in the clear, which the scripts read (counts and times, no content), then
 * the messages, sealed. `ttl` and `age` in the header tell, with PTTL, how old the value is by Redis's own clock.
 */
export interface StoredHeader {
  readonly kind: 'log' | 'gone' | 'contradicted' | 'block' | 'window';
  readonly ttl: number;
  readonly age: number;
  readonly life: number;
  readonly epoch?: string;
  readonly frame?: string;
  readonly total?: number;
  readonly proven?: boolean;
  readonly first?: number;
}

export interface StoredValue {
  readonly header: StoredHeader;
  readonly payload: Buffer;
}

const NEWLINE = 0x0a;
const KINDS = ['log', 'gone', 'contradicted', 'block', 'window'] as const;

export function encodeValue(key: string, header: StoredHeader, payload: Buffer, seal: Seal): Buffer {
  const line = JSON.stringify({ v: FORMAT, ...header });
  return Buffer.concat([Buffer.from(`${line}\n`), seal.close(payload, `${key}\n${line}`)]);
}

/** undefined for anything that `encodeValue` did not write under this key, with this seal. */
export function decodeValue(key: string, value: unknown, seal: Seal): StoredValue | undefined {
  if (!Buffer.isBuffer(value)) return undefined;
  const end = value.indexOf(NEWLINE);
  if (end < 0) return undefined;
  const line = value.toString('utf8', 0, end);
  const header = readHeader(line);
  if (header === undefined) return undefined;
  const payload = seal.open(value.subarray(end + 1), `${key}\n${line}`);
  return payload === undefined ? undefined : { header, payload };
}

function readHeader(line: string): StoredHeader | undefined {
  const json = parse(line);
  if (!isJsonObject(json) || json['v'] !== FORMAT) return undefined;
  const kind = KINDS.find((known) => known === json['kind']);
  const [ttl, age, life] = [count(json, 'ttl'), count(json, 'age'), count(json, 'life')];
  if (kind === undefined || ttl === undefined || age === undefined || life === undefined) return undefined;
  const { epoch, frame, proven } = json;
  const [total, first] = [count(json, 'total'), count(json, 'first')];
  return {
    kind,
    ttl,
    age,
    life,
    ...(typeof epoch === 'string' ? { epoch } : {}),
    ...(typeof frame === 'string' ? { frame } : {}),
    ...(typeof proven === 'boolean' ? { proven } : {}),
    ...(total === undefined ? {} : { total }),
    ...(first === undefined ? {} : { first }),
  };
}

function count(json: JsonObject, name: string): number | undefined {
  const value = json[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
