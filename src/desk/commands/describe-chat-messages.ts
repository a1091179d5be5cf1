import { isInteger, isJsonObject } from '../../json.js';
import { type DeskCommand } from './command.js';
import { callersDoing, commonCodes, deskCodes } from './common-codes.js';
import { ErrorCodes } from './error-code.js';
import { isRenderable } from '../answer.js';

/** A window of a session's messages. Limit is at most 100. */
export interface ChatMessagesRequest {
  readonly sessionId: string;
  readonly limit: number;
  readonly offset: number;
  readonly order: 'asc' | 'desc';
}

/** Messages in the order asked for, and how many the session has. */
export interface ChatMessages {
  readonly messages: readonly DeskMessage[];
  readonly total: number;
}

/**
 * One message of a session, as far as the desk's answer was checked (API page, "Response Packet Fields"): the timestamp
 * is a valid date in milliseconds; all other fields are unchecked until `src/content` reads them.
 */
export interface DeskMessage {
  readonly fromAccount: string | null;
  readonly fromAccountRole: unknown;
  readonly timestamp: number;
  readonly msgBody: unknown;
}

/** The chat record of a session (API page "Query the Chat Record of the Specified Session"). */
export const describeChatMessages: DeskCommand<ChatMessagesRequest, ChatMessages> = {
  name: 'describe_chat_messages',
  body: ({ sessionId, limit, offset, order }) => ({
    SessionId: sessionId,
    Limit: limit,
    Offset: offset,
    Order: order === 'asc' ? 1 : 2,
  }),
  read: (answer, { limit }) => readPage(answer['Messages'], answer['TotalCount'], limit),
  codes: new ErrorCodes(commonCodes, deskCodes, [[[141010], 'not-found', 'the session does not exist', callersDoing]]),
};

/** The latest date in milliseconds (ECMAScript, "Time Values and Time Range"). */
const LAST_DATE = 8.64e15;

function readPage(list: unknown, total: unknown, limit: number): ChatMessages | undefined {
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

/** Documented as a string; a number is accepted too. */
function readAccount(account: unknown): string | null {
  if (typeof account === 'number') return String(account);
  return typeof account === 'string' ? account : null;
}
