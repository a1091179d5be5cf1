import { isReadable, isRenderable } from './answer-bounds.js';
import { type DeskMessage, isJsonObject } from './desk-message.js';

/** A page as the desk gave it: messages in the order asked for, and how many the session has. */
export interface DeskPage {
  readonly messages: readonly DeskMessage[];
  readonly total: number;
}

/** What a well-formed answer says: a page, or an ErrorCode other than 0. */
export type DeskAnswer = { readonly code: 0; readonly page: DeskPage } | { readonly code: number; readonly page: null };

/** The furthest millisecond from the epoch that still is a date (ECMAScript, "Time Values and Time Range"). */
const LAST_DATE = 8.64e15;

/**
 * Reads the body of an answer (API page, "Response Packet Fields"); undefined where it is none, or more than `limit`
 * messages asked for may hold. Everything is checked here once, so that no other line of the service meets an unchecked
 * answer.
 */
export function readDeskAnswer(body: string, limit: number): DeskAnswer | undefined {
  const answer = isReadable(body) ? parseJson(body) : undefined;
  if (!isJsonObject(answer)) return undefined;
  const code = answer['ErrorCode'];
  if (!isInteger(code)) return undefined;
  if (code !== 0) return { code, page: null };
  const page = readPage(answer['Messages'], answer['TotalCount'], limit);
  return page === undefined ? undefined : { code, page };
}

function readPage(list: unknown, total: unknown, limit: number): DeskPage | undefined {
  if (!isInteger(total) || total < 0) return undefined;
  if (list === null || list === undefined) return total === 0 ? { messages: [], total } : undefined;
  if (!Array.isArray(list) || list.length > limit) return undefined;
  const messages: DeskMessage[] = [];
  for (const item of list) {
    const message = readMessage(item);
    if (message === undefined) return undefined;
    messages.push(message);
  }
  return isRenderable(messages) ? { messages, total } : undefined;
}

function readMessage(item: unknown): DeskMessage | undefined {
  if (!isJsonObject(item)) return undefined;
  const timestamp = item['Timestamp'];
  if (!isInteger(timestamp) || Math.abs(timestamp) > LAST_DATE) return undefined;
  return {
    fromAccount: readAccount(item['FromAccount']),
    fromAccountRole: item['FromAccountRole'],
    timestamp,
    msgBody: item['MsgBody'],
  };
}

/** Documented as a string; an account that came as a number is still that account. */
function readAccount(account: unknown): string | null {
  if (typeof account === 'number') return String(account);
  return typeof account === 'string' ? account : null;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
