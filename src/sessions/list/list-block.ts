import { readCount } from '../../cache/stored-value.js';
import { isJsonObject, parseJson } from '../../json.js';
import { isSecond, type Period } from './period.js';
import { type SessionRecord } from './session-record.js';

/** The desk gives at most 100 records a call, so that is the size of a block. */
export const BLOCK_SIZE = 100;

/** Consecutive records of a period as the JSON that is served, and how many the period has in all. */
export class ListBlock {
  private static made = 0;

  /** Identifies these records in this process. */
  readonly id = ++ListBlock.made;

  constructor(
    readonly period: Period,
    readonly total: number,
    readonly records: readonly string[],
  ) {}

  static of(period: Period, total: number, records: readonly SessionRecord[]): ListBlock {
    return new ListBlock(
      period,
      total,
      records.map((record) => JSON.stringify(record)),
    );
  }

  /** Decodes what `encode` wrote; undefined for anything else, since values in Redis are outside data. */
  static decode(payload: Buffer): ListBlock | undefined {
    const json = parseJson(payload.toString('utf8'));
    if (!isJsonObject(json)) return undefined;
    const { from, to, records } = json;
    const total = readCount(json, 'total');
    if (!isSecond(from) || !isSecond(to) || total === undefined) return undefined;
    if (!Array.isArray(records) || records.length > BLOCK_SIZE || !records.every(isRecord)) return undefined;
    return new ListBlock({ from, to }, total, records);
  }

  encode(): Buffer {
    const { period, total, records } = this;
    return Buffer.from(JSON.stringify({ ...period, total, records }));
  }

  get byteLength(): number {
    return this.records.reduce((bytes, record) => bytes + 2 * record.length + 32, 200);
  }

  /** Whether records of both can be on one page: the list did not change between them. */
  fits(other: ListBlock): boolean {
    const { period, total } = this;
    return total === other.total && period.from === other.period.from && period.to === other.period.to;
  }
}

/** It is copied into a page unchanged, so it has to be valid JSON. */
function isRecord(record: unknown): record is string {
  return typeof record === 'string' && isJsonObject(parseJson(record));
}
