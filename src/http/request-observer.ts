import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type DestinationStream, type Logger } from 'pino';
import { type FastifyInstance } from 'fastify';
import { type DeclaredRoutes } from '../access/declared-routes.js';
import { type Metrics } from '../metrics/metrics.js';
import { newRequestContext, type RequestContext } from '../logging/request-context.js';
import { accessLine, auditLine, type RequestEnd } from '../logging/request-lines.js';
import { WEBHOOK_PATH } from './request-target.js';
import { endRequestSpan, traceLastByte, traceRequest } from './request-span.js';
import { pathOf } from '../target.js';

/** nginx's status for a client that disconnected before its answer. */
const CLIENT_GONE = 499;
/** As much as pino's destination hands to the kernel at once. */
const MAX_PENDING_CHARACTERS = 16_384;

/** Writes one access line and one observation for each request, and an audit line for each read, at its end. */
export class RequestObserver {
  private readonly writesAccess: boolean;
  private readonly writesAudit: boolean;
  private pending = '';

  constructor(
    logger: Logger,
    private readonly destination: DestinationStream,
    private readonly metrics: Metrics,
  ) {
    this.writesAccess = logger.isLevelEnabled('info');
    // The audit trail is needed at every log level but `silent`.
    this.writesAudit = logger.level !== 'silent';
  }

  /** Not with Fastify's onResponse: it is not called if the client disconnected, and such a read has to be logged too. */
  watch(request: IncomingMessage, response: ServerResponse, context: RequestContext, route: string): void {
    traceRequest(context, request.method ?? '', route);
    this.observeAtEnd(request, response, context, route);
  }

  /** For a request that was answered in this turn. If the kernel took the whole answer at once, it is observed now. */
  answered(request: IncomingMessage, response: ServerResponse, context: RequestContext, route: string): void {
    if (response.writableFinished) this.observe(request.method ?? '', response, context, route);
    else this.observeAtEnd(request, response, context, route);
  }

  private observeAtEnd(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
    route: string,
  ): void {
    const { method = '' } = request;
    let isObserved = false;
    const observe = () => {
      if (!isObserved) this.observe(method, response, context, route);
      isObserved = true;
    };
    // The latter: it was pipelined, and its connection has ended before its turn.
    if (response.closed || (response.destroyed && response.socket === null)) {
      observe();
      return;
    }
    response.once('close', observe);
  }

  /** Long answers (files) are measured at their first byte; their log lines are written at the end. */
  measure(context: RequestContext, end: Omit<RequestEnd, 'durationMs'>): void {
    context.isMeasured = true;
    endRequestSpan(context, end.status);
    this.metrics.httpDuration.observe(end, (performance.now() - context.startedAt) / 1000);
  }

  /** The first byte of a stream: measured, and audited now and at its end. */
  begin(context: RequestContext, end: Omit<RequestEnd, 'durationMs'>): void {
    this.measure(context, end);
    if (this.writesAudit) this.write(auditLine({ ...context, outcome: 'opened' }, end.status));
  }

  private observe(method: string, response: ServerResponse, context: RequestContext, route: string): void {
    const ms = performance.now() - context.startedAt;
    const status = response.writableFinished || context.outcome !== undefined ? response.statusCode : CLIENT_GONE;
    if (context.isMeasured === true) {
      traceLastByte(context, ms);
    } else {
      this.metrics.httpDuration.observe({ route, method, status }, ms / 1000);
      endRequestSpan(context, status);
    }
    const end = { route, method, status, durationMs: Math.round(ms * 100) / 100 };
    const access = this.writesAccess ? accessLine(context, end) : '';
    const audit = this.writesAudit ? auditLine(context, status) : '';
    this.write(access + audit);
  }

  /**
   * Once a turn of the event loop: at each write, pino's destination measures what it buffered last. A turn that ends many
   * requests writes in pieces, because the destination drops as a whole what is longer than the room it has left.
   */
  private write(lines: string): void {
    if (lines === '') return;
    if (this.pending === '')
      setImmediate(() => {
        this.flush();
      });
    this.pending += lines;
    if (this.pending.length >= MAX_PENDING_CHARACTERS) this.flush();
  }

  private flush(): void {
    if (this.pending === '') return;
    this.destination.write(this.pending);
    this.pending = '';
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
  }
}

/** One label for all requests without a route: otherwise clients could create any number of time series. */
export const NO_ROUTE = 'none';

/** The webhook's path may contain its secret, so only the fixed part is logged. */
function templateOf(url: string | undefined): string {
  return url?.startsWith(WEBHOOK_PATH) === true ? WEBHOOK_PATH : (url ?? NO_ROUTE);
}

/** Gives every request its context, and observes it. */
export function observeRequests(fastify: FastifyInstance, observer: RequestObserver, routes: DeclaredRoutes): void {
  fastify.decorateRequest('context');
  fastify.addHook('onRequest', (request, reply, done) => {
    request.context = newRequestContext(request.headers);
    // Of a route with another method, the router knows nothing.
    const url = request.routeOptions.url ?? routes.templateOf(pathOf(request.url));
    observer.watch(request.raw, reply.raw, request.context, templateOf(url));
    done();
  });
}
