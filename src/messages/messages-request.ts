import { validateSync } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { type Fault, ProblemError } from '../problem/problem.js';
import { type Window } from '../transcript/window.js';
import { MessagesRequestDto } from './messages-query.dto.js';

const CANONICAL = /^(?:0|[1-9]\d{0,15})$/;
const NAMES = ['limit', 'offset', 'order'] as const;
const SESSION_ID = /^[\w.~@:+=-]{1,128}$/;

/** Query strings that proved valid: dashboards send the same few over and over. */
const seen = new LRUCache<string, Window>({ max: 1000 });

const TARGET = /^\/sessions\/([\w.~@:+=-]{1,128})\/messages(?:\?(.*))?$/;

/** What a target asks for, where that takes no work: nothing is encoded, and the query proved valid before. */
export function readSeenTarget(target: string): { sessionId: string; window: Window } | undefined {
  const [, sessionId, query = ''] = TARGET.exec(target) ?? [];
  const window = sessionId === undefined ? undefined : seen.get(query);
  return sessionId === undefined || window === undefined ? undefined : { sessionId, window };
}

/** @throws ProblemError `invalid-request` with every fault of both */
export function readMessagesRequest(sessionId: string, query: string): Window {
  const known = seen.get(query);
  if (known !== undefined && SESSION_ID.test(sessionId)) return known;
  const { request, faults } = read(sessionId, query);
  if (faults.length > 0) {
    throw new ProblemError('invalid-request', {
      detail: 'The request has faults; `errors` lists them.',
      errors: faults,
    });
  }
  const window = { limit: request.limit, offset: request.offset, order: request.order };
  seen.set(query, window);
  return window;
}

function read(sessionId: string, query: string): { request: MessagesRequestDto; faults: Fault[] } {
  const request = new MessagesRequestDto();
  request.sessionId = sessionId;
  // URLSearchParams drops one leading `?`, which here would be part of a parameter's name.
  const params = new URLSearchParams(`&${query}`);
  const faults: Fault[] = [];
  for (const name of new Set(params.keys())) {
    const known = NAMES.find((one) => one === name);
    const [value = '', ...more] = params.getAll(name);
    if (known === undefined) faults.push({ field: name, message: 'is not a parameter of this resource' });
    else if (more.length > 0) faults.push({ field: name, message: 'must be given once' });
    else Object.assign(request, { [known]: known !== 'order' && CANONICAL.test(value) ? Number(value) : value });
  }
  for (const { property, constraints } of validateSync(request, { stopAtFirstError: true })) {
    faults.push({ field: property, message: Object.values(constraints ?? {}).join('; ') });
  }
  return { request, faults };
}
