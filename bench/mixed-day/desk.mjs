import { totalAt } from './sessions.mjs';

/** A desk that counts its calls. It shows each session as it was at the time of the call. */
export class CountingDesk {
  calls = 0;

  /** @param lagMs how far its records are behind what happened */
  constructor(sessions, now, lagMs = 0) {
    this.sessions = sessions;
    this.now = now;
    this.lagMs = lagMs;
  }

  /** How many messages it shows at this time. */
  totalOf(session) {
    return totalAt(session, this.now() - this.lagMs);
  }

  /** The service's own request and answer (src/desk/desk.ts). */
  ask({ sessionId, limit, offset, order }) {
    this.calls += 1;
    const session = this.sessions.get(sessionId);
    const askedAt = this.now();
    const total = this.totalOf(session);
    const first = order === 'asc' ? offset : Math.max(0, total - offset - limit);
    const end = order === 'asc' ? Math.min(total, offset + limit) : Math.max(0, total - offset);
    const oldestFirst = session.times
      .slice(first, Math.max(first, end))
      .map((timestamp, i) => message(timestamp, first + i));
    return { messages: order === 'asc' ? oldestFirst : oldestFirst.toReversed(), total, askedAt };
  }
}

function message(timestamp, position) {
  const isAgent = position % 2 === 1;
  return {
    fromAccount: isAgent ? 'agent' : 'customer',
    fromAccountRole: isAgent ? 2 : 1,
    timestamp,
    msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `message ${position}` } }],
  };
}
