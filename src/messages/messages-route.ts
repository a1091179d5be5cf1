import { type ReadOptions } from '../cache/lookup.js';
import { type Result } from '../cache/result.js';
import { type ResourceAnswer, type CachedRoute, type PeekedAnswer, type RouteParams } from '../http/cached-route.js';
import { type RepresentationCache } from '../http/representation.js';
import { type AuditFields } from '../logging/request-context.js';
import { type PageQuery, pageKey } from '../transcript/query.js';
import { type Transcripts } from '../transcript/transcripts.js';
import { fingerprintOf, type TranscriptView } from '../transcript/view.js';
import { renderPage } from './messages-page.js';
import { type FileQuery, readRefusedRequest, recallMessagesRequest } from './messages-request.js';

/** A session's messages as pages: for the controller, and for the fast path. */
export class MessagesRoute implements CachedRoute {
  readonly template = '/sessions/:sessionId/messages';
  readonly resource = 'messages';

  constructor(
    private readonly transcripts: Transcripts,
    private readonly representations: RepresentationCache,
  ) {}

  peek(target: string): PeekedAnswer | undefined {
    const request = recallMessagesRequest(target);
    if (request === undefined) return undefined;
    const { sessionId, window } = request;
    const result = this.transcripts.peek(sessionId, window);
    return result && { answer: this.answer(sessionId, window, result), audit: auditOf(sessionId, window) };
  }

  auditOfRefused({ sessionId = '' }: RouteParams, query: string): AuditFields | undefined {
    const request = readRefusedRequest(sessionId, query);
    return request && auditOf(request.sessionId, request.window);
  }

  async read(sessionId: string, window: PageQuery, options: ReadOptions): Promise<ResourceAnswer> {
    return this.answer(sessionId, window, await this.transcripts.read(sessionId, window, options));
  }

  private answer(sessionId: string, window: PageQuery, result: Result<TranscriptView>): ResourceAnswer {
    const { view } = result;
    const key = `messages:${pageKey(window)}:${sessionId}`;
    const representation = this.representations.get(key, fingerprintOf(view), () =>
      renderPage(sessionId, window, view),
    );
    return { representation, result, modifiedAt: view.newestAt };
  }
}

export function auditOf(sessionId: string, asked: PageQuery | FileQuery): AuditFields {
  return { sessionId, ...asked };
}
