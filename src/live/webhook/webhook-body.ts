import { IDENTIFIER_PATTERN } from '../../http/identifier.js';
import { isJsonObject, parseJson } from '../../json.js';
import { ProblemError } from '../../problem/problem.js';

const COMMAND = 'Desk.SessionEventNotify';
const SESSION_ID = new RegExp(IDENTIFIER_PATTERN);

/**
 * The session that changed; undefined where this is about something else. Whatever the event is called it is a change, since
 * the list of names is not published in full. Nothing else of the body is read: it has the customer's words.
 *
 * @throws ProblemError `invalid-request` for what is no JSON object
 */
export function changedSession(body: unknown): string | undefined {
  const event = Buffer.isBuffer(body) ? parseJson(body.toString('utf8')) : undefined;
  if (!isJsonObject(event)) throw new ProblemError('invalid-request', { detail: 'The body is no JSON object.' });
  const { CallbackCommand: command, SessionId: id } = event;
  return command === COMMAND && typeof id === 'string' && SESSION_ID.test(id) ? id : undefined;
}
