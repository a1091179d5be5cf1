import { ControlError } from './control-error.js';
import { type ControlRequest } from './control-routes.js';
import { isList, isWholeNumber, type JsonObject } from './json-object.js';
import { ANSWER_ORDERS, EMPTY_PAGES } from './session.js';
import { type Simulation } from './simulation.js';

/** The messages of a body in the desk's wire format, unchecked: a test may want invalid ones. */
export function readMessages(body: JsonObject): readonly unknown[] {
  const { messages } = body;
  if (!isList(messages)) throw new ControlError('messages: must be a list of messages in wire shape, oldest first');
  return messages;
}

export function readSession({ sessions, now }: Simulation, { id, query }: ControlRequest): unknown {
  const session = sessions.find(id);
  if (!session) throw new ControlError('no such session', 404);
  const messages = session.all(now());
  const { claimedTotal, answerOrder, emptyPage, state } = session;
  const totals = { total: messages.length, totalCount: claimedTotal ?? messages.length };
  const summary = { id, ...totals, answerOrder, emptyPage, ...state };
  return query.has('messages') ? { ...summary, messages } : summary;
}

/** Shrinks a session, or changes how it answers; what a body leaves out stays unchanged. */
export function changeSession(simulation: Simulation, request: ControlRequest): unknown {
  const session = simulation.sessions.own(request.id);
  if (!session) throw new ControlError('no such session', 404);
  const { totalCount, answerOrder, emptyPage, keepOldest, currentState, agentId = '' } = request.body;

  const order = ANSWER_ORDERS.find((known) => known === answerOrder);
  const empty = EMPTY_PAGES.find((known) => known === emptyPage);
  if (answerOrder !== undefined && !order) throw new ControlError(`answerOrder: one of ${ANSWER_ORDERS.join(', ')}`);
  if (emptyPage !== undefined && !empty) throw new ControlError(`emptyPage: one of ${EMPTY_PAGES.join(', ')}`);
  if (totalCount !== undefined && totalCount !== null && typeof totalCount !== 'number') {
    throw new ControlError('totalCount: must be a number, or null for the truth');
  }
  if (currentState !== undefined && (typeof currentState !== 'string' || typeof agentId !== 'string')) {
    throw new ControlError('currentState, agentId: must be strings');
  }
  if (keepOldest !== undefined && !isWholeNumber(keepOldest, 0)) throw new ControlError('keepOldest: a whole number');

  if (order) session.answerOrder = order;
  if (empty) session.emptyPage = empty;
  if (typeof currentState === 'string' && typeof agentId === 'string') {
    session.state = { currentState, agentId };
    simulation.webhooks.notify(request.id);
  }
  if (totalCount !== undefined) session.claimedTotal = totalCount ?? undefined;
  if (keepOldest !== undefined) session.keepOldest(keepOldest, simulation.now());
  return readSession(simulation, request);
}
