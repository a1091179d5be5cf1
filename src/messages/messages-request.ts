import { validateSync } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { type ReadAttempt } from '../logging/request-context.js';
import { readableQuery } from '../problem/percent-encoding.js';
import { type Fault, ProblemError } from '../problem/problem.js';
import { type Window } from '../transcript/window.js';
import { MessagesRequestDto } from './messages-query.dto.js';

const CANONICAL = /^(?:0|[1-9]\d{0,15})$/;
const NAMES = ['limit', 'offset', 'order'] as const;
const SESSION_ID = /^[\w.~@:+=-]{1,128}$/;
const MAX_FAULTS = 20;
/** No page needs a longer one, however it is encoded; only padding makes it longer. */
const MAX_USUAL_QUERY = 200;

/** Query strings that proved valid: dashboards send the same few over and over. */
const seen = new LRUCache<string, Window>({
  max: 1000,
  maxEntrySize: MAX_USUAL_QUERY,
  sizeCalculation: (_window, query) => query.length + 1,
});

const TARGET = /^\/sessions\/([\w.~@:+=-]{1,128})\/messages(?:\?(.*))?$/;

/** What a target asks for, where that takes no work: nothing is encoded, and the query proved valid before. */
export function readSeenTarget(target: string): ReadAttempt | undefined {
  const [, sessionId, query = ''] = TARGET.exec(target) ?? [];
  const window = sessionId === undefined ? undefined : seen.get(query);
  return sessionId === undefined || window === undefined ? undefined : { sessionId, window };
}

/** @throws ProblemError `invalid-request` with the first faults of both */
export function readMessagesRequest(sessionId: string, query: string): Window {
  const known = seen.get(query);
  if (known !== undefined && SESSION_ID.test(sessionId)) return known;
  const { window, faults } = read(sessionId, query);
  if (faults.length > 0) throw invalidRequest(faults);
  seen.set(query, window);
  return window;
}

/** What a request asks for that is refused for another reason, so that nothing long is read for it. */
export function readUsualRequest(sessionId: string, query: string): ReadAttempt | undefined {
  if (query.length > MAX_USUAL_QUERY) return undefined;
  const { window, faults } = read(sessionId, query);
  return faults.length > 0 ? undefined : { sessionId, window };
}

export function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

function invalidRequest(faults: readonly Fault[]): ProblemError {
  const listed = faults.length > MAX_FAULTS ? `the first ${MAX_FAULTS}` : 'them';
  const detail = `The request has faults; \`errors\` lists ${listed}.`;
  return new ProblemError('invalid-request', { detail, errors: faults.slice(0, MAX_FAULTS) });
}

function read(sessionId: string, query: string): { window: Window; faults: Fault[] } {
  const request = new MessagesRequestDto();
  request.sessionId = sessionId;
  const faults: Fault[] = [];
  for (const [name, value] of parametersIn(query)) {
    const known = NAMES.find((one) => one === name);
    if (known === undefined) faults.push({ field: name, message: 'is not a parameter of this resource' });
    else if (value === undefined) faults.push({ field: name, message: 'must be given once' });
    else Object.assign(request, { [known]: known !== 'order' && CANONICAL.test(value) ? Number(value) : value });
  }
  for (const { property, constraints } of validateSync(request, { stopAtFirstError: true })) {
    faults.push({ field: property, message: Object.values(constraints ?? {}).join('; ') });
  }
  const { limit, offset, order } = request;
  return { window: { limit, offset, order }, faults };
}

/** Each name with its value, undefined where it has several. */
function parametersIn(query: string): Map<string, string | undefined> {
  const values = new Map<string, string | undefined>();
  // URLSearchParams drops one leading `?`, which here would be part of a parameter's name.
  for (const [name, value] of new URLSearchParams(`&${readableQuery(query)}`)) {
    values.set(name, values.has(name) ? undefined : value);
  }
  return values;
}
