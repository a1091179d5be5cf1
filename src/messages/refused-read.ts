import { type FastifyRequest } from 'fastify';
import { type ReadAttempt } from '../logging/request-context.js';
import { MESSAGES_ROUTE } from './fast-path.js';
import { queryOf, readUsualRequest } from './messages-request.js';

/** The read that a request asked for which never came to the controller: the audit names it all the same. */
export function refusedRead({ params, routeOptions, url }: FastifyRequest): ReadAttempt | undefined {
  if (routeOptions.url !== MESSAGES_ROUTE || !hasSessionId(params)) return undefined;
  return readUsualRequest(params.sessionId, queryOf(url));
}

function hasSessionId(params: unknown): params is { sessionId: string } {
  return typeof params === 'object' && params !== null && 'sessionId' in params && typeof params.sessionId === 'string';
}
