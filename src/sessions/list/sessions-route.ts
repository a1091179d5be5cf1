import { type ReadOptions } from '../../cache/lookup.js';
import { type ResourceAnswer, type CachedRoute, type PeekedAnswer, type RouteParams } from '../../http/cached-route.js';
import { type RepresentationCache } from '../../http/representation.js';
import { type AuditFields } from '../../logging/request-context.js';
import { type ListResult, type SessionLists } from './session-lists.js';
import { dateTimeOf } from './session-record.js';
import { fingerprintOf, renderSessions } from './sessions-page.js';
import {
  type ListQuery,
  readRefusedQuery,
  recallSessionsQuery,
  type SessionsFileQuery,
  type SessionsQuery,
} from './sessions-request.js';

/** Lists of sessions as pages: for the controller, and for the fast path. */
export class SessionsRoute implements CachedRoute {
  readonly template = '/sessions';
  readonly resource = 'sessions';

  constructor(
    private readonly lists: SessionLists,
    private readonly representations: RepresentationCache,
  ) {}

  peek(target: string): PeekedAnswer | undefined {
    const query = recallSessionsQuery(target);
    const list = query && this.lists.peek(query);
    return query && list && { answer: this.answer(query, list), audit: auditOf(query) };
  }

  auditOfRefused(_params: RouteParams, query: string): AuditFields | undefined {
    const refused = readRefusedQuery(query);
    return refused && auditOf(refused);
  }

  async read(query: SessionsQuery, options: ReadOptions): Promise<ResourceAnswer> {
    return this.answer(query, await this.lists.read(query, options));
  }

  private answer(query: SessionsQuery, list: ListResult): ResourceAnswer {
    const { period, clientId = '', limit, offset } = query;
    const key = `sessions:${period === undefined ? '' : `${period.from}-${period.to}`}:${limit}:${offset}:${clientId}`;
    const representation = this.representations.get(key, fingerprintOf(list), () => renderSessions(query, list));
    return { representation, result: list.result, modifiedAt: undefined };
  }
}

export function auditOf(query: SessionsQuery | SessionsFileQuery): AuditFields {
  const asked = 'format' in query ? { format: query.format } : { limit: query.limit, offset: query.offset };
  return { ...auditOfList(query), ...asked };
}

/** Who listed what. A client's id is an account, so only whether one was given. */
function auditOfList({ period, clientId }: ListQuery): AuditFields {
  const asked =
    period === undefined ? { period: 'default' } : { from: dateTimeOf(period.from), to: dateTimeOf(period.to) };
  return { list: 'sessions', ...asked, ofClient: clientId !== undefined };
}
