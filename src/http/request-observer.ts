import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type DestinationStream, type Logger } from 'pino';
import { type Metrics } from '../metrics/metrics.js';
import { type RequestContext } from '../logging/request-context.js';
import { accessLine, auditLine, type RequestEnd } from '../logging/request-lines.js';

/** What nginx calls it when the client did not wait for its answer. */
const CLIENT_GONE = 499;

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
    // Whoever wants few lines still has to know who read what.
    this.writesAudit = logger.level !== 'silent';
  }

  /** Not by Fastify's onResponse, which never comes for a client that went away: a read is to be seen all the same. */
  watch(request: IncomingMessage, response: ServerResponse, context: RequestContext, route: string): void {
    const { method = '', socket } = request;
    let isObserved = false;
    const observe = () => {
      if (!isObserved) this.observe(method, response, context, route);
      isObserved = true;
    };
    if (response.closed) {
      observe();
      return;
    }
    response.once('close', observe);
    // Pipelined behind another it has no socket yet, of whose end it could hear.
    if (response.socket === null) {
      request.once('close', () => {
        if (socket.destroyed) observe();
      });
    }
  }

  /** What goes on for long is measured at its first byte; its lines are written at its end all the same. */
  measure(context: RequestContext, end: Omit<RequestEnd, 'durationMs'>): void {
    context.isMeasured = true;
    this.metrics.httpDuration.observe(end, (performance.now() - context.startedAt) / 1000);
  }

  /** The first byte of what goes on until somebody ends it: measured, and audited now and at its end. */
  begin(context: RequestContext, end: Omit<RequestEnd, 'durationMs'>): void {
    this.measure(context, end);
    if (this.writesAudit) this.write(auditLine({ ...context, outcome: 'opened' }, end.status));
  }

  private observe(method: string, response: ServerResponse, context: RequestContext, route: string): void {
    const ms = performance.now() - context.startedAt;
    const status = response.writableFinished || context.outcome !== undefined ? response.statusCode : CLIENT_GONE;
    if (context.isMeasured !== true) this.metrics.httpDuration.observe({ route, method, status }, ms / 1000);
    const end = { route, method, status, durationMs: Math.round(ms * 100) / 100 };
    const access = this.writesAccess ? accessLine(context, end) : '';
    const audit = this.writesAudit ? auditLine(context, status) : '';
    this.write(access + audit);
  }

  /** Once a turn of the event loop: pino's destination measures all that it still holds with every piece it gets. */
  private write(lines: string): void {
    if (lines === '') return;
    if (this.pending === '') {
      setImmediate(() => {
        this.destination.write(this.pending);
        this.pending = '';
      });
    }
    this.pending += lines;
  }
}
