import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ReadOptions } from '../cache/cache.js';
import { type RequestContext, runInContext } from '../logging/request-context.js';
import { type Metrics } from '../metrics/metrics.js';
import { chooseEncoding } from './accept-encoding.js';
import { type Answer, type CachedRoute } from './answer.js';
import { cacheHeaders } from './cache-headers.js';
import { matchesEntityTag } from './conditional.js';
import { type Variant } from './representation.js';
import { type ResponseHeaders } from './response-headers.js';

const NO_CACHE = /(?:^|,)\s*no-cache\s*(?:,|$)/i;

/** How answers of cached resources go out: the controllers and the fast path both end here. */
export class Responder {
  constructor(
    private readonly headers: ResponseHeaders,
    private readonly metrics: Metrics,
  ) {}

  /** Reads what a request asks for and sends it, for a request that Fastify has routed. */
  async respond(
    request: FastifyRequest,
    reply: FastifyReply,
    route: CachedRoute,
    read: (options: ReadOptions) => Promise<Answer>,
  ): Promise<void> {
    const { context, headers } = request;
    const noCache = NO_CACHE.test(headers['cache-control'] ?? '');
    const answer = await runInContext(context, () => read({ noCache, signal: signalOf(reply.raw) }));
    const variant = await answer.representation.variant(chooseEncoding(headers['accept-encoding']));
    reply.hijack();
    this.serve(request.raw, reply.raw, { context, route, answer, variant });
  }

  /**
   * Writes an answer past Fastify's `send`: its hooks and checks cost a hit from memory as much as all the rest (bench,
   * "hit from memory").
   */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    {
      context,
      route,
      answer,
      variant,
    }: {
      readonly context: RequestContext;
      readonly route: CachedRoute;
      readonly answer: Answer;
      readonly variant: Variant;
    },
  ): void {
    const { outcome, level } = answer.result;
    context.cacheOutcome = outcome;
    context.span?.setAttributes({ 'cache.resource': route.resource, 'cache.outcome': outcome, 'cache.level': level });
    this.metrics.cacheRequests.inc({ resource: route.resource, outcome, level });
    const ifNoneMatch = request.headers['if-none-match'];
    const isUnchanged = ifNoneMatch !== undefined && matchesEntityTag(ifNoneMatch, variant.etag);
    // Names and values by turns, as Node writes them at the least cost: joining tables would cost more.
    const lines = this.headers.linesOfRepresentation(context.requestId, request.headers.origin);
    lines.push(...cacheHeaders(answer, variant, Date.now()));
    if (!isUnchanged) {
      lines.push('content-type', 'application/json', 'content-length', String(variant.body.length));
      if (variant.encoding !== 'identity') lines.push('content-encoding', variant.encoding);
    }
    response.writeHead(isUnchanged ? 304 : 200, lines);
    response.end(isUnchanged || request.method === 'HEAD' ? undefined : variant.body);
  }
}

/** Aborted when the client goes before it has its answer: nobody is to be asked on its behalf any more. */
function signalOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
