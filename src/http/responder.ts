import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ReadOptions } from '../cache/lookup.js';
import { type RequestContext, runInContext } from '../logging/request-context.js';
import { type Metrics } from '../metrics/metrics.js';
import { type Result, type View } from '../cache/result.js';
import { abortAtClose } from './abort-at-close.js';
import { chooseEncoding } from './accept-encoding.js';
import { type ResourceAnswer, type CachedRoute } from './cached-route.js';
import { type Variant } from './representation.js';
import { type ResponseHeaders } from './response-headers.js';

const NO_CACHE = /(?:^|,)\s*no-cache\s*(?:,|$)/i;

export interface ServedAnswer {
  readonly route: CachedRoute;
  readonly answer: ResourceAnswer;
  readonly variant: Variant;
}

/** Sends answers of cached resources, for the controllers and the fast path alike. */
export class Responder {
  constructor(
    private readonly headers: ResponseHeaders,
    private readonly metrics: Metrics,
  ) {}

  /** Reads the resource and sends the answer, for a request that Fastify has routed. */
  async respond(
    request: FastifyRequest,
    reply: FastifyReply,
    route: CachedRoute,
    read: (options: ReadOptions) => Promise<ResourceAnswer>,
  ): Promise<void> {
    const { context, headers } = request;
    const noCache = NO_CACHE.test(headers['cache-control'] ?? '');
    const answer = await runInContext(context, () => read({ noCache, signal: abortAtClose(reply.raw).signal }));
    const variant = await answer.representation.variant(chooseEncoding(headers['accept-encoding']));
    reply.hijack();
    this.serve(request.raw, reply.raw, context, { route, answer, variant });
  }

  /**
   * Writes an answer past Fastify's `send`: its hooks and checks cost a hit from memory as much as all the rest (bench,
   * "hit from memory").
   */
  serve(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
    { route, answer, variant }: ServedAnswer,
  ): void {
    const { outcome, level } = answer.result;
    context.cacheOutcome = outcome;
    context.span?.setAttributes({ 'cache.resource': route.resource, 'cache.outcome': outcome, 'cache.level': level });
    this.metrics.cacheRequests.inc({ resource: route.resource, outcome, level });
    const ifNoneMatch = request.headers['if-none-match'];
    const isUnchanged = ifNoneMatch !== undefined && matchesEntityTag(ifNoneMatch, variant.etag);
    // A flat list of names and values, which Node writes fastest.
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

/** The earliest HTTP-date that can be written. Not by Date.UTC, which takes the year 1 for 1901. */
const FIRST_HTTP_DATE = Date.parse('0001-01-01T00:00:00Z');

/** The headers of a 200 and a 304, names and values in turn; `now` keeps Last-Modified out of the future. */
function cacheHeaders(
  { representation, result, modifiedAt }: ResourceAnswer,
  { etag }: Variant,
  now: number,
): string[] {
  const { lifetimeMs, ageMs } = result.view;
  const lines = [
    'etag',
    etag,
    'cache-control',
    `private, max-age=${Math.floor(lifetimeMs / 1000)}`,
    'age',
    String(Math.max(0, Math.floor(ageMs / 1000))),
    'cache-status',
    cacheStatus(result),
  ];
  if (modifiedAt !== undefined && modifiedAt > FIRST_HTTP_DATE) {
    lines.push('last-modified', representation.lastModified(Math.min(modifiedAt, now)));
  }
  if (representation.link !== undefined) lines.push('link', representation.link);
  return lines;
}

/** RFC 9211: where the answer came from, and for how long it is fresh (seconds, negative once stale). */
function cacheStatus({ outcome, level, view, forwarded, isStored, isCollapsed }: Result<View>): string {
  if (outcome === 'hit' || outcome === 'stale')
    return `desk-bff; hit; ttl=${Math.floor(view.remainingMs / 1000)}; detail=${level}`;
  const stored = isStored ? '; stored' : '';
  const collapsed = isCollapsed ? '; collapsed' : '';
  return `desk-bff; fwd=${forwarded ?? 'miss'}${stored}${collapsed}`;
}

/** Without a leading `W/`: the comparison is weak. */
const OPAQUE_TAGS = /"[^"]*"/g;

/** Whether If-None-Match names this entity tag, weakly compared (RFC 9110 §13.1.2), or is `*`. */
function matchesEntityTag(header: string, etag: string): boolean {
  if (header === etag || header.trim() === '*') return true;
  return header.match(OPAQUE_TAGS)?.includes(etag) === true;
}
