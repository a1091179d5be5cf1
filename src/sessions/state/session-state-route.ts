import { type ReadOptions } from '../../cache/lookup.js';
import { type KeyedView } from '../../cache/keyed-value.js';
import { type Result } from '../../cache/result.js';
import { type ResourceAnswer, type CachedRoute, type PeekedAnswer, type RouteParams } from '../../http/cached-route.js';
import { IDENTIFIER, isIdentifier, IsIdentifier } from '../../http/identifier.js';
import { type RepresentationCache } from '../../http/representation.js';
import { type AuditFields } from '../../logging/request-context.js';
import { readInput } from '../../http/request-input.js';
import { encodeSessionState, type SessionState } from './session-state.js';
import { type SessionStates } from './session-states.js';

class SessionStateRequestDto {
  @IsIdentifier()
  sessionId = '';
}

/** @throws ProblemError `invalid-request` with the first 20 faults: a state has no parameters */
export function checkSessionStateRequest(sessionId: string, query: string): void {
  readInput(Object.assign(new SessionStateRequestDto(), { sessionId }), query, {});
}

/** Without a query, and without anything to decode. */
const TARGET = new RegExp(`^/sessions/(${IDENTIFIER})$`);

/** A session's state: for the controller, and for the fast path. */
export class SessionStateRoute implements CachedRoute {
  readonly template = '/sessions/:sessionId';
  readonly resource = 'state';

  constructor(
    private readonly states: SessionStates,
    private readonly representations: RepresentationCache,
  ) {}

  peek(target: string): PeekedAnswer | undefined {
    const sessionId = TARGET.exec(target)?.[1];
    const result = sessionId === undefined ? undefined : this.states.peek(sessionId);
    if (sessionId === undefined || result === undefined) return undefined;
    return { answer: this.answer(sessionId, result), audit: { sessionId } };
  }

  auditOfRefused({ sessionId = '' }: RouteParams): AuditFields | undefined {
    return isIdentifier(sessionId) ? { sessionId } : undefined;
  }

  async read(sessionId: string, options: ReadOptions): Promise<ResourceAnswer> {
    return this.answer(sessionId, await this.states.read(sessionId, undefined, options));
  }

  private answer(sessionId: string, result: Result<KeyedView<SessionState>>): ResourceAnswer {
    const { value } = result.view;
    const render = () => ({ body: encodeSessionState(value), link: undefined });
    const fingerprint = `${value.state}:${value.agent.id ?? ''}`;
    const representation = this.representations.get(`state:${sessionId}`, fingerprint, render);
    return { representation, result, modifiedAt: undefined };
  }
}
