import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type Clock } from '../../clock.js';
import { DeskAbandonedError } from '../../desk/desk-error.js';
import { abortAtClose } from '../../http/abort-at-close.js';
import { NO_ROUTE } from '../../http/request-observer.js';
import { type RequestObserver } from '../../http/request-observer.js';
import { type ResponseHeaders } from '../../http/response-headers.js';
import { type RequestContext, runInContext } from '../../logging/request-context.js';
import { type Metrics } from '../../metrics/metrics.js';
import { NEWEST_WINDOW } from '../../transcript/query.js';
import { type Transcripts } from '../../transcript/transcripts.js';
import { type TranscriptView } from '../../transcript/view.js';
import { Connection } from './connection.js';
import { onceAt } from './long-timer.js';
import { type OpenStreams, type Place } from './open-streams.js';
import { Reader } from './reader.js';
import { retryLine, totalEvent } from './sse.js';
import { type Watches } from './watches.js';

export interface StreamsParts {
  readonly transcripts: Transcripts;
  readonly watches: Watches;
  readonly open: OpenStreams;
  readonly headers: ResponseHeaders;
  readonly observer: RequestObserver;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly heartbeatMs: number;
  /** The longest time without a call when older messages are read; then the read fails and is tried again. */
  readonly maxWaitMs: number;
  readonly now: Clock;
  readonly random: () => number;
}

/** The session to follow, and from where. */
export interface StreamStart {
  readonly sessionId: string;
  /** undefined: from now on. */
  readonly from: number | undefined;
}

const CONTENT_HEADERS = {
  'content-type': 'text/event-stream',
  // Compression and buffering would delay events.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};
/** Spread, so that the clients of a stopped replica do not all reconnect at once. */
const RETRY_MIN_MS = 2000;
const RETRY_SPREAD_MS = 3000;

/** Opens streams and cleans up at their end. */
export class Streams {
  constructor(private readonly parts: StreamsParts) {}

  /** The headers of a stream, for HEAD. */
  describe(request: FastifyRequest, reply: FastifyReply): void {
    this.writeHead(request, reply);
    request.context.outcome = 'described';
    reply.raw.end();
  }

  /** @throws ProblemError or DeskError before the first byte */
  async open(request: FastifyRequest, reply: FastifyReply, asked: StreamStart): Promise<void> {
    const { open } = this.parts;
    const { context } = request;
    const place = open.enter(context.caller ?? '');
    const { signal } = abortAtClose(reply.raw);
    try {
      // The stream goes on for hours, so its work belongs to no span of the request.
      const view = await runInContext(context, () => this.read(context, asked, signal));
      if (signal.aborted) throw new DeskAbandonedError('the client has gone');
      open.refuseOnceClosed();
      this.begin(request, reply, asked, view, place);
    } catch (error) {
      open.leave(place);
      throw error;
    }
  }

  /**
   * A start beyond the known total may be valid: the client's last replica may have known more. So the desk is asked
   * before positions are reset.
   */
  private async read(
    context: RequestContext,
    { sessionId, from = 0 }: StreamStart,
    signal: AbortSignal,
  ): Promise<TranscriptView> {
    const { transcripts } = this.parts;
    const known = await transcripts.read(sessionId, NEWEST_WINDOW, { signal });
    context.cacheOutcome = known.outcome;
    if (known.view.first === undefined || from <= known.view.total) return known.view;
    return (await transcripts.read(sessionId, NEWEST_WINDOW, { signal, noCache: true })).view;
  }

  private begin(
    request: FastifyRequest,
    reply: FastifyReply,
    { sessionId, from }: StreamStart,
    view: TranscriptView,
    place: Place,
  ): void {
    const { transcripts, watches, open, metrics, logger, now, heartbeatMs, maxWaitMs, observer } = this.parts;
    const { context, method, routeOptions } = request;
    const { total, first } = view;
    const watch = watches.enter(sessionId, view);
    this.writeHead(request, reply);
    const connection = new Connection(reply.raw, heartbeatMs, (end) => {
      forgetExpiry();
      watch.remove(reader);
      watches.leave(sessionId, watch);
      open.leave(place);
      metrics.streamsEnded.inc({ reason: end });
      context.outcome = end;
      context.audit = { ...context.audit, messages: reader.messageCount };
    });
    place.connection = connection;
    const onFault = (error: unknown) => {
      logger.error({ err: error, requestId: context.requestId }, 'a stream failed through a fault of our own');
    };
    const position = first === undefined ? undefined : Math.min(from ?? total, total);
    const reader = new Reader({ sessionId, transcripts, watch, connection, maxWaitMs, onFault }, position);
    watch.add(reader);
    const forgetExpiry = onceAt(context.expiresAt ?? Infinity, now, () => {
      connection.close('expired');
    });
    observer.begin(context, { route: routeOptions.url ?? NO_ROUTE, method, status: reply.raw.statusCode });
    connection.push(this.firstEvents({ from, position, total }));
    void reader.follow();
  }

  private firstEvents({
    from,
    position,
    total,
  }: {
    readonly from: number | undefined;
    readonly position: number | undefined;
    readonly total: number;
  }): string {
    const retryMs = RETRY_MIN_MS + Math.floor(this.parts.random() * (RETRY_SPREAD_MS + 1));
    // The id of `ready` is the start that was requested: a client that reconnects before the next event repeats it.
    const begin = retryLine(retryMs) + totalEvent('ready', position === undefined ? undefined : (from ?? total), total);
    const isLost = from !== undefined && from !== position;
    return isLost ? begin + totalEvent('reset', position, total) : begin;
  }

  private writeHead({ context, headers: { origin } }: FastifyRequest, reply: FastifyReply): void {
    const { headers } = this.parts;
    reply.hijack();
    const closing = headers.isLast ? { connection: 'close' } : {};
    reply.raw.writeHead(200, { ...headers.of(context.requestId, origin), ...CONTENT_HEADERS, ...closing });
  }
}
