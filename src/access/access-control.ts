import { type IncomingMessage } from 'node:http';
import { ProblemError } from '../problem/problem.js';
import { type Access } from './access.js';
import { type Authenticator, type Caller } from './authenticator.js';
import { type CallerLimit } from './caller-limit.js';
import { type WebhookCredentials, type WebhookSignature } from './webhook-signature.js';

export interface AccessControlParts {
  readonly authenticator: Authenticator;
  /** undefined if callers are not limited. */
  readonly limit: CallerLimit | undefined;
  /** The scope that a token must have (JWT_REQUIRED_SCOPE). */
  readonly requiredScope: string | undefined;
  readonly areMetricsOpen: boolean;
  readonly webhook: WebhookSignature;
}

/** Decides who may use a route; both the Fastify hook and the fast path use it. */
export class AccessControl {
  constructor(private readonly parts: AccessControlParts) {}

  /** An authenticated caller who may read, from memory; undefined if the full check is needed. */
  recall(request: IncomingMessage): Caller | undefined {
    const caller = this.parts.authenticator.recall(request);
    return caller !== undefined && this.hasScope(caller) ? caller : undefined;
  }

  isOpen(access: Access): boolean {
    return access === 'anybody' || (access === 'scraper' && this.parts.areMetricsOpen);
  }

  /** @throws ProblemError `unauthorized`, `forbidden` or `unavailable`: synchronously, or as a rejection */
  admit(request: IncomingMessage, access: Access): Caller | Promise<Caller> {
    const { authenticator } = this.parts;
    const caller = authenticator.recall(request) ?? authenticator.authenticate(request);
    if (!(caller instanceof Promise)) return this.checked(request, access, caller);
    return caller.then((one) => this.checked(request, access, one));
  }

  /** @throws ProblemError `unauthorized` if the request is not the desk's */
  admitDesk(credentials: WebhookCredentials): void {
    if (this.parts.webhook.isValid(credentials)) return;
    const headers = { 'www-authenticate': 'DeskSign realm="desk-bff"' };
    throw new ProblemError('unauthorized', { detail: 'This is for the desk only.', headers });
  }

  /**
   * Milliseconds until the caller may send a request, 0 for now. Counts a request once. A promise if Redis is asked.
   */
  allowance(request: IncomingMessage, caller: Caller): number | Promise<number> {
    return this.parts.limit?.take(request, caller.name) ?? 0;
  }

  private checked(request: IncomingMessage, access: Access, caller: Caller | undefined): Caller {
    if (caller === undefined) throw unauthorized(request);
    if (access === 'callers' && !this.hasScope(caller)) throw this.forbidden();
    return caller;
  }

  private hasScope({ scopes }: Caller): boolean {
    const { requiredScope } = this.parts;
    return requiredScope === undefined || scopes?.has(requiredScope) === true;
  }

  /** RFC 6750 §3.1. */
  private forbidden(): ProblemError {
    const challenge = `Bearer realm="desk-bff", error="insufficient_scope", scope="${this.parts.requiredScope ?? ''}"`;
    const detail = 'The token is not good for this.';
    return new ProblemError('forbidden', { detail, headers: { 'www-authenticate': challenge } });
  }
}

/** The same text for every reason, so that it does not tell what was wrong. */
function unauthorized({ headers }: IncomingMessage): ProblemError {
  const wasWrong = headers.authorization !== undefined || headers['x-api-key'] !== undefined;
  const challenge = `Bearer realm="desk-bff"${wasWrong ? ', error="invalid_token"' : ''}`;
  const detail = 'This needs valid credentials.';
  return new ProblemError('unauthorized', { detail, headers: { 'www-authenticate': challenge } });
}
