import { type AuditedRoute } from '../../http/cached-route.js';
import { IsIdentifier } from '../../http/identifier.js';
import { IsOffset } from '../../http/paging.js';
import { fillInput, invalidRequest, isUsualQuery, toParameter } from '../../http/request-input.js';
import { type AuditFields } from '../../logging/request-context.js';

const PARAMETERS = { from: 'number' } as const;

class StreamRequestDto {
  @IsIdentifier()
  sessionId = '';

  @IsOffset()
  from: number | undefined = undefined;

  @IsOffset()
  'Last-Event-ID': number | undefined = undefined;
}

export const STREAM_ROUTE: AuditedRoute = {
  template: '/sessions/:sessionId/messages/stream',
  auditOfRefused: ({ sessionId = '' }, query) => {
    const input = Object.assign(new StreamRequestDto(), { sessionId });
    if (!isUsualQuery(query) || fillInput(input, query, PARAMETERS).length > 0) return undefined;
    return auditOf(sessionId, input.from);
  },
};

/** The session, for the audit line. */
export function auditOf(sessionId: string, from: number | undefined): AuditFields {
  return { sessionId, ...(from === undefined ? {} : { from }) };
}

/**
 * Where a stream begins: where the client's last one ended, where the query says, or (undefined) now.
 * @throws ProblemError `invalid-request` with the first faults of all
 */
export function readStreamRequest(
  sessionId: string,
  query: string,
  lastEventId: string | undefined,
): number | undefined {
  const input = Object.assign(new StreamRequestDto(), { sessionId });
  if (lastEventId !== undefined && lastEventId !== '')
    Object.assign(input, { 'Last-Event-ID': toParameter(lastEventId, 'number') });
  const faults = fillInput(input, query, PARAMETERS);
  if (faults.length > 0) throw invalidRequest(faults);
  return input['Last-Event-ID'] ?? input.from;
}
