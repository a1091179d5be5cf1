import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type Logger } from 'pino';
import { type AccessControl } from '../access/access-control.js';
import { type Caller } from '../access/authenticator.js';
import { newRequestContext } from '../logging/request-context.js';
import { type Readiness } from '../operations/readiness.js';
import { chooseEncoding } from './accept-encoding.js';
import { type CachedRoute, type PeekedAnswer } from './cached-route.js';
import { announcesBody, faultOfHeaders } from './request-checks.js';
import { type RequestObserver } from './request-observer.js';
import { traceRequest } from './request-span.js';
import { type Responder, type ServedAnswer } from './responder.js';

export interface FastPathParts {
  readonly routes: readonly CachedRoute[];
  readonly access: AccessControl;
  readonly readiness: Readiness;
  readonly responder: Responder;
  readonly observer: RequestObserver;
  readonly logger: Logger;
}

/** An answer that can be sent at once, and its caller. */
interface ReadyAnswer extends PeekedAnswer, ServedAnswer {
  readonly caller: Caller;
}

/**
 * Most requests come from a known caller and ask for a page that is fresh in memory. They are answered here, before
 * Fastify and Nest, which would cost more than everything else (ADR 9). Any other request goes to Fastify, without side effects.
 */
export class FastPath {
  constructor(private readonly parts: FastPathParts) {}

  serve(request: IncomingMessage, response: ServerResponse, otherwise: RequestListener): void {
    const startedAt = performance.now();
    const ready = this.find(request);
    if (ready === undefined) {
      otherwise(request, response);
      return;
    }
    const allowance = this.parts.access.allowance(request, ready.caller);
    if (allowance === 0) {
      this.answer(request, response, ready, startedAt);
      return;
    }
    void Promise.resolve(allowance).then((waitMs) => {
      if (waitMs > 0) otherwise(request, response);
      else this.answer(request, response, ready, startedAt);
    });
  }

  private find(request: IncomingMessage): ReadyAnswer | undefined {
    const { access, readiness, logger } = this.parts;
    if (!isUsual(request) || !readiness.isReady) return undefined;
    try {
      const caller = access.recall(request);
      return caller === undefined ? undefined : this.peek(request, caller);
    } catch (error) {
      logger.error({ err: error }, 'a fault of our own on the fast path');
      return undefined;
    }
  }

  private peek({ url = '', headers }: IncomingMessage, caller: Caller): ReadyAnswer | undefined {
    for (const route of this.parts.routes) {
      const peeked = route.peek(url);
      if (peeked === undefined) continue;
      const { answer, audit } = peeked;
      const variant = answer.representation.madeVariant(chooseEncoding(headers['accept-encoding']));
      return variant === undefined ? undefined : { route, answer, audit, variant, caller };
    }
    return undefined;
  }

  private answer(request: IncomingMessage, response: ServerResponse, ready: ReadyAnswer, startedAt: number): void {
    const { observer, responder, logger } = this.parts;
    const { route, audit, caller } = ready;
    const context = newRequestContext(request.headers, startedAt);
    context.caller = caller.name;
    context.audit = audit;
    traceRequest(context, 'GET', route.template);
    try {
      responder.serve(request, response, context, ready);
    } catch (error) {
      // Uncaught it would end the process; part of the answer may have been sent already.
      logger.error({ err: error, requestId: context.requestId }, 'a fault of our own on the fast path');
      response.destroy();
    }
    observer.answered(request, response, context, route.template);
  }
}

/**
 * A plain GET: no `Cache-Control`, no invalid headers, and no body, since a request with a body may still turn out to be
 * malformed.
 */
function isUsual(request: IncomingMessage): boolean {
  const { method, headers } = request;
  if (method !== 'GET' || headers['cache-control'] !== undefined) return false;
  return !announcesBody(request) && faultOfHeaders(request) === undefined;
}
