import { isObject, isWholeNumber, type JsonObject } from './json-object.js';

export interface PageRequest {
  readonly sessionId: string;
  readonly limit: number;
  readonly offset: number;
  readonly order: 1 | 2;
}

const BAD_JSON = 60003;
const BAD_PARAMETER = 141004;

/** The page that a body asks for, with defaults filled in, or the ErrorCode for its fault. */
export function readPageRequest(body: JsonObject | undefined): PageRequest | number {
  if (!body) return BAD_JSON;
  const { SessionId: sessionId, Limit: limit = 20, Offset: offset = 0, Order: order = 2 } = body;
  if (typeof sessionId !== 'string' || sessionId === '') return BAD_PARAMETER;
  if (!isWholeNumber(limit, 1, 100) || !isWholeNumber(offset, 0)) return BAD_PARAMETER;
  if (order !== 1 && order !== 2) return BAD_PARAMETER;
  return { sessionId, limit, offset, order };
}

export function parseBody(bytes: Buffer): JsonObject | undefined {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
