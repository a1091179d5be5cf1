import { isJsonObject, parseJson } from '../../json.js';
import { type Period } from './period.js';
import { type SessionRecord } from './session-record.js';

/** The desk gives at most 100 records a call, so that is the size of a block. */
export const BLOCK_SIZE = 100;

/** Consecutive records of a period as the JSON that is served, and how many the period has in all. */
export class ListBlock {
  private static made = 0;

  /** Tells these records from all others in this process. */
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

  /** Reads what `encode` wrote; undefined for anything else, since what lies in Redis is outside data. */
  static decode(payload: Buffer): ListBlock | undefined {
    const json = parseJson(payload.toString('utf8'));
    if (!isJsonObject(json)) return undefined;
    const { from, to, total, records } = json;
    if (!isSecond(from) || !isSecond(to) || !isSecond(total) || !Array.isArray(records)) return undefined;
    const texts = records.filter((record) => typeof record === 'string');
    return texts.length === records.length ? new ListBlock({ from, to }, total, texts) : undefined;
  }

  encode(): Buffer {
    const { period, total, records } = this;
    return Buffer.from(JSON.stringify({ ...period, total, records }));
  }

  get byteLength(): number {
    return this.records.reduce((bytes, record) => bytes + 2 * record.length + 32, 200);
  }

  /** Whether records of both can stand on one page: the list did not change between them. */
  fits(other: ListBlock): boolean {
    const { period, total } = this;
    return total === other.total && period.from === other.period.from && period.to === other.period.to;
  }
}

function isSecond(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
