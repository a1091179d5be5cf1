import { cards } from './every-card.js';
import { elements } from './every-element.js';
import { oddities } from './oddities.js';
import { AGENT, message, SYSTEM, USER } from './wire.js';

const START = Date.UTC(2024, 10, 7, 2);
const ROLES = [USER, AGENT, SYSTEM] as const;

/** Every element, every card and every other legal form, a minute apart, each role in turn. */
export function everything(): unknown[] {
  const tidy = [...elements(), ...cards()].map((body, i) => {
    const role = ROLES[i % ROLES.length] ?? USER;
    return message(`account-${role}`, role, START + i * 60_000, ...body);
  });
  // Timestamp 0 is a valid date; it comes first so that the messages stay in order of time.
  const ancient = {
    ...message('account-1', USER, 0),
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '1970' } }],
  };
  return [ancient, ...tidy, ...oddities(START + tidy.length * 60_000)];
}
