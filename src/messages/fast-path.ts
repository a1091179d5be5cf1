import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type Logger } from 'pino';
import { type AnswerHeaders } from '../answer/answer-headers.js';
import { type Authenticator } from '../auth/authenticator.js';
import { type CallerLimit } from '../auth/caller-limit.js';
import { type Readiness } from '../health/readiness.js';
import { newRequestContext, type ReadAttempt } from '../logging/request-context.js';
import { type RequestObserver } from '../logging/request-observer.js';
import { type Metrics } from '../metrics/metrics.js';
import { faultOfHeaders } from '../problem/headers-of-http.js';
import { announcesBody } from '../request-bodies.js';
import { type Transcripts } from '../transcript/transcripts.js';
import { chooseEncoding } from './accept-encoding.js';
import { readSeenTarget } from './messages-request.js';
import { type PageCache } from './page-cache.js';
import { type ReadPage, writePage } from './write-page.js';

/** The route that all this is a short cut to, as metrics and log name it. */
export const MESSAGES_ROUTE = '/sessions/:sessionId/messages';

export interface FastPathParts {
  readonly authenticator: Authenticator;
  /** undefined where callers are not limited. */
  readonly limit: CallerLimit | undefined;
  readonly readiness: Readiness;
  readonly transcripts: Transcripts;
  readonly pages: PageCache;
  readonly headers: AnswerHeaders;
  readonly observer: RequestObserver;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** A page that can be sent at once, and who asked for it. */
interface AtHand extends ReadPage {
  readonly caller: string;
  readonly read: ReadAttempt;
}

/**
 * Most requests are a known caller's for a page that is fresh in memory. They are answered here, before Fastify and Nest,
 * which would cost more than all the rest. Whatever is out of the usual in a request leaves it to them, with nothing done.
 */
export class FastPath {
  constructor(private readonly parts: FastPathParts) {}

  serve(request: IncomingMessage, response: ServerResponse, otherwise: RequestListener): void {
    const { limit } = this.parts;
    const startedAt = performance.now();
    const atHand = this.find(request);
    if (atHand === undefined) {
      otherwise(request, response);
    } else if (limit === undefined) {
      this.answer(request, response, atHand, startedAt);
    } else {
      void limit.take(request, atHand.caller).then((waitMs) => {
        if (waitMs > 0) otherwise(request, response);
        else this.answer(request, response, atHand, startedAt);
      });
    }
  }

  private find(request: IncomingMessage): AtHand | undefined {
    const { authenticator, readiness, transcripts, pages, logger } = this.parts;
    if (!isUsual(request) || !readiness.isReady) return undefined;
    try {
      const read = readSeenTarget(request.url ?? '');
      const caller = authenticator.rememberedCallerOf(request);
      if (read === undefined || caller === undefined) return undefined;
      const reading = transcripts.peek(read.sessionId, read.window);
      if (reading === undefined) return undefined;
      const page = pages.page(read.sessionId, read.window, reading);
      const variant = page.madeVariant(chooseEncoding(request.headers['accept-encoding']));
      return variant === undefined ? undefined : { caller, read, reading, page, variant };
    } catch (error) {
      logger.error({ err: error }, 'a fault of our own on the fast path');
      return undefined;
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse, atHand: AtHand, startedAt: number): void {
    const { observer, metrics, headers, logger } = this.parts;
    const { outcome, level } = atHand.reading;
    const context = newRequestContext(request.headers, startedAt);
    context.caller = atHand.caller;
    context.read = atHand.read;
    context.cacheOutcome = outcome;
    observer.watch(request, response, context, MESSAGES_ROUTE);
    metrics.cacheRequests.inc({ outcome, level });
    try {
      writePage(request, response, atHand, headers.linesOfPage(context.requestId, request.headers.origin));
    } catch (error) {
      // Nobody is above this to catch it, and half an answer may be out.
      logger.error({ err: error, requestId: context.requestId }, 'a fault of our own on the fast path');
      response.destroy();
    }
  }
}

/**
 * Nothing that asks for more, or less, than the page, and nothing that HTTP itself refuses. No body: a request with one is not
 * known to be whole yet.
 */
function isUsual(request: IncomingMessage): boolean {
  const { method, headers } = request;
  if (method !== 'GET' || headers['cache-control'] !== undefined) return false;
  return !announcesBody(request) && faultOfHeaders(request) === undefined;
}
