import { Session } from '../session.js';
import { Chance } from './chance.js';
import { talk } from './talk.js';

/** The interval of its growth, from the start. */
export const GROWS_EVERY_MS = 5000;
const AT_START = 12;
// Seven hours of growth: a demo that runs over the weekend must not fill the memory.
const MAX_MESSAGES = 5000;
export const GROWING_CUSTOMER = '8613800138000';
export const GROWING_AGENT = 'test@qq.com';

/** A running conversation: twelve messages when the desk starts, and a new one every five seconds. */
export function growingSession(startMs: number): Session {
  const chance = new Chance('growing-session');
  const next = (index: number) => talk(chance, GROWING_CUSTOMER, startMs + (index - AT_START + 1) * GROWS_EVERY_MS);
  const messages = Array.from({ length: AT_START }, (_, index) => next(index));
  let made = AT_START;
  const session = new Session(messages, (nowMs) => {
    const due = Math.min(AT_START + Math.floor((nowMs - startMs) / GROWS_EVERY_MS), MAX_MESSAGES);
    const fresh = Array.from({ length: Math.max(0, due - made) }, (_, i) => next(made + i));
    made += fresh.length;
    return fresh;
  });
  session.state = { currentState: 'Agent', agentId: GROWING_AGENT };
  return session;
}
