import { IDENTIFIER, IDENTIFIER_PATTERN } from '../http/identifier.js';
import { fillInput, readInput } from '../http/request-input.js';
import { isUsualQuery, ValidQueries } from '../http/valid-queries.js';
import { type Window } from '../transcript/window.js';
import { MessagesRequestDto } from './messages-query.dto.js';

export interface MessagesRequest {
  readonly sessionId: string;
  readonly window: Window;
}

const PARAMETERS = { limit: 'number', offset: 'number', order: 'text' } as const;
const SESSION_ID = new RegExp(IDENTIFIER_PATTERN);
const TARGET = new RegExp(`^/sessions/(${IDENTIFIER})/messages(?:\\?(.*))?$`);

const valid = new ValidQueries<Window>();

/** What a target asks for, where that takes no work: nothing is encoded, and the query proved valid before. */
export function recallMessagesRequest(target: string): MessagesRequest | undefined {
  const [, sessionId, query = ''] = TARGET.exec(target) ?? [];
  const window = sessionId === undefined ? undefined : valid.get(query);
  return sessionId === undefined || window === undefined ? undefined : { sessionId, window };
}

/** @throws ProblemError `invalid-request` with the first faults of both */
export function readMessagesRequest(sessionId: string, query: string): Window {
  const known = valid.get(query);
  if (known !== undefined && SESSION_ID.test(sessionId)) return known;
  return valid.keep(query, windowIn(readInput(inputFor(sessionId), query, PARAMETERS)));
}

/** What a request asks for that is refused for another reason, so that nothing long is read for it. */
export function readRefusedRequest(sessionId: string, query: string): MessagesRequest | undefined {
  const input = inputFor(sessionId);
  const isValid = isUsualQuery(query) && fillInput(input, query, PARAMETERS).length === 0;
  return isValid ? { sessionId, window: windowIn(input) } : undefined;
}

function inputFor(sessionId: string): MessagesRequestDto {
  return Object.assign(new MessagesRequestDto(), { sessionId });
}

function windowIn({ limit, offset, order }: MessagesRequestDto): Window {
  return { limit, offset, order };
}
