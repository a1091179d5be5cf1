import { isIdentifier } from '../../http/identifier.js';
import { isJsonObject, parseJson } from '../../json.js';
import { ProblemError } from '../../problem/problem.js';

const COMMAND = 'Desk.SessionEventNotify';

/**
 * The session that changed; undefined if this is about something else. Any event of a session counts as a change, since
 * the list of events is not published in full. Nothing else of the body is read: it holds the customer's messages.
 * @throws ProblemError `invalid-request` if it is not a JSON object
 */
export function changedSession(body: unknown): string | undefined {
  // TextDecoder skips a byte order mark, as RFC 8259 §8.1 allows.
  const event = Buffer.isBuffer(body) ? parseJson(new TextDecoder().decode(body)) : undefined;
  if (!isJsonObject(event)) throw new ProblemError('invalid-request', { detail: 'The body is no JSON object.' });
  const { CallbackCommand: command, SessionId: id } = event;
  return command === COMMAND && typeof id === 'string' && isIdentifier(id) ? id : undefined;
}
