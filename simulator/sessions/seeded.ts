import { Session } from '../session.js';
import { everything } from './everything.js';
import { longSession } from './generated.js';
import { growingSession } from './growing.js';
import { supportRequest } from './support-request.js';

export function seededSessions(startMs: number): Map<string, Session> {
  return new Map([
    ['b0f4ca12-4850-4218-a284-efe679a87066', new Session(supportRequest())],
    ['session-of-everything', new Session(everything())],
    ['long-session', longSession()],
    ['growing-session', growingSession(startMs)],
    ['empty-session', new Session([])],
  ]);
}
