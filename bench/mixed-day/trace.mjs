import { random } from '../random.mjs';
import { exponential, isActive, sessions, totalAt } from './sessions.mjs';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 12, 9);
const HOURS = 8;

/** A wall display, an overview and the CRM show the newest pages of active sessions, each with its own page size. */
const DASHBOARDS = [
  { screens: 3, limit: 20, everyMs: 3 * SECOND },
  { screens: 2, limit: 5, everyMs: 5 * SECOND },
  { screens: 2, limit: 50, everyMs: 5 * SECOND },
];
const TILES = 6;
const CONSOLE = { limit: 30, everyMs: 4 * SECOND };
const SYNC = { limit: 100, everyMs: MINUTE };
const AUDITS_AN_HOUR = 15;
const LOOK_UPS_AN_HOUR = 60;

/**
 * Every request of a working day, in order of time. The same seed gives the same day.
 * @returns {{ sessions: Map<string, object>, requests: { at: number, by: string, sessionId: string, window: object }[]
 * }}
 */
export function mixedDay(days = 1) {
  const chance = random('a mixed day');
  const endAt = START + HOURS * HOUR * days;
  const { live, archived } = sessions(chance, START, endAt);
  const requests = [
    ...screens().flatMap((screen) => [...watch(chance, screen, live, endAt)]),
    ...live.flatMap((session) => [...handle(chance, session), ...sync(chance, session)]),
    ...lookUps(chance, archived, endAt),
    ...audits(chance, [...archived, ...live], endAt),
  ];
  const inTime = requests.filter(({ at }) => at >= START && at < endAt);
  const all = new Map([...live, ...archived].map((session) => [session.id, session]));
  return { sessions: all, requests: inTime.map(rounded).sort((a, b) => a.at - b.at) };
}

function screens() {
  return DASHBOARDS.flatMap(({ screens: count, ...screen }) => Array(count).fill(screen));
}

function* watch(chance, { limit, everyMs }, live, endAt) {
  for (let at = START + chance() * everyMs; at < endAt; at += everyMs) {
    const active = live.filter((session) => isActive(session, at));
    for (const { id } of active.slice(-TILES)) yield { at, by: 'dashboards', sessionId: id, window: newest(limit) };
  }
}

/** An agent's console: opened, scrolled back a little, and kept at the newest page while the agent looks at it. */
function* handle(chance, session) {
  const looks = 1 + Math.floor(chance() * 4);
  const [from, to] = [session.times[0], session.times.at(-1)];
  for (let look = 0; look < looks; look++) {
    let at = from + chance() * (to - from);
    const closeAt = at + exponential(chance, 4 * MINUTE);
    for (const window of scroll(chance, CONSOLE.limit, totalAt(session, at), 'desc')) {
      yield { at, by: 'agents', sessionId: session.id, window };
      at += SECOND + exponential(chance, 4 * SECOND);
    }
    for (; at < closeAt; at += CONSOLE.everyMs) {
      yield { at, by: 'agents', sessionId: session.id, window: newest(CONSOLE.limit) };
    }
  }
}

/** A CRM that copies new messages: it counts from the first message and remembers its position. */
function* sync(chance, session) {
  let offset = 0;
  const lastAt = session.times.at(-1) + 2 * SYNC.everyMs;
  for (let at = session.times[0] + chance() * SYNC.everyMs; at < lastAt; at += SYNC.everyMs) {
    yield { at, by: 'sync', sessionId: session.id, window: { limit: SYNC.limit, offset, order: 'asc' } };
    offset = Math.max(offset, Math.min(offset + SYNC.limit, totalAt(session, at)));
  }
}

/** Earlier sessions of the same customer: a few pages, in any size and order. */
function* lookUps(chance, archived, endAt) {
  for (let at = START; at < endAt; at += exponential(chance, HOUR / LOOK_UPS_AN_HOUR)) {
    // Some customers are looked up again and again.
    const session = archived[Math.floor(chance() ** 2 * archived.length)];
    const limit = [10, 20, 20, 50][Math.floor(chance() * 4)];
    let when = at;
    for (const window of scroll(chance, limit, session.times.length, chance() < 0.7 ? 'desc' : 'asc')) {
      yield { at: when, by: 'look-ups', sessionId: session.id, window };
      when += SECOND + exponential(chance, 8 * SECOND);
    }
  }
}

/** Whole sessions, page after page. */
function* audits(chance, candidates, endAt) {
  for (let at = START; at < endAt; at += exponential(chance, HOUR / AUDITS_AN_HOUR)) {
    const session = candidates[Math.floor(chance() * candidates.length)];
    const [limit, order] = [
      [100, 'asc'],
      [25, 'asc'],
      [50, 'desc'],
    ][Math.floor(chance() * 3)];
    let when = at;
    for (let offset = 0; offset < totalAt(session, when); offset += limit) {
      yield { at: when, by: 'audits', sessionId: session.id, window: { limit, offset, order } };
      when += SECOND + exponential(chance, SECOND);
    }
  }
}

/** The first page, and a random number of further ones. */
function* scroll(chance, limit, total, order) {
  let offset = 0;
  do {
    yield { limit, offset, order };
    offset += limit;
  } while (offset < total && chance() < 0.6);
}

function newest(limit) {
  return { limit, offset: 0, order: 'desc' };
}

function rounded({ at, ...request }) {
  return { at: Math.floor(at), ...request };
}
