import { isInteger, isJsonObject, type JsonObject } from '../../json.js';
import { type DeskCommand } from './command.js';
import { commonCodes, deskCodes } from './common-codes.js';
import { ErrorCodes } from './error-code.js';

/** A window of the session records of a period. Times are Unix seconds, both ends included; Limit is at most 100. */
export interface SessionRecordsRequest {
  readonly from: number;
  readonly to: number;
  readonly clientId: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Records in the desk's order, which is not documented, and how many the period has. */
export interface SessionRecords {
  readonly records: readonly DeskSessionRecord[];
  readonly total: number;
}

/** One record: its id and time are checked, all other fields are not. */
export interface DeskSessionRecord {
  readonly sessionId: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly fields: JsonObject;
}

/** The latest date in seconds (ECMAScript, "Time Values and Time Range"). */
const LAST_DATE = 8.64e12;

/** The session records of a period (document "Query session service records", CN269/113671). */
export const describeImCdrList: DeskCommand<SessionRecordsRequest, SessionRecords> = {
  name: 'describe_im_cdr_list',
  body: ({ from, to, clientId, limit, offset }) => ({
    StartTimestamp: from,
    EndTimestamp: to,
    ...(clientId === undefined ? {} : { ClientUserId: clientId }),
    Limit: limit,
    Offset: offset,
  }),
  read: (answer, { limit }) => readRecords(answer['IMCdrList'], answer['TotalCount'], limit),
  codes: new ErrorCodes(commonCodes, deskCodes),
};

function readRecords(list: unknown, total: unknown, limit: number): SessionRecords | undefined {
  if (!isInteger(total) || total < 0) return undefined;
  if (list === null || list === undefined) return total === 0 ? { records: [], total } : undefined;
  if (!Array.isArray(list) || list.length > limit) return undefined;
  const records = list.map(readRecord).filter((record) => record !== undefined);
  return records.length === list.length ? { records, total } : undefined;
}

function readRecord(item: unknown): DeskSessionRecord | undefined {
  if (!isJsonObject(item)) return undefined;
  const { SessionId: sessionId, Timestamp: timestamp } = item;
  if (typeof sessionId !== 'string' || sessionId === '') return undefined;
  if (!isInteger(timestamp) || Math.abs(timestamp) > LAST_DATE) return undefined;
  return { sessionId, timestamp, fields: item };
}
