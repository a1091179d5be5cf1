import { isWholeNumber, type JsonObject } from './json-object.js';

/** Times are Unix seconds, both ends included. */
export interface RecordsRequest {
  readonly from: number;
  readonly to: number;
  readonly clientId: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

const BAD_JSON = 60003;
const BAD_PARAMETER = 141004;

/** The window of records that a body asks for, with defaults filled in, or the ErrorCode for its fault. */
export function readRecordsRequest(body: JsonObject | undefined): RecordsRequest | number {
  if (!body) return BAD_JSON;
  const {
    StartTimestamp: from,
    EndTimestamp: to,
    ClientUserId: clientId,
    Limit: limit = 20,
    Offset: offset = 0,
  } = body;
  if (!isWholeNumber(from, 0) || !isWholeNumber(to, from)) return BAD_PARAMETER;
  if (!isWholeNumber(limit, 1, 100) || !isWholeNumber(offset, 0)) return BAD_PARAMETER;
  if (clientId !== undefined && (typeof clientId !== 'string' || clientId === '')) return BAD_PARAMETER;
  return { from, to, clientId, limit, offset };
}
