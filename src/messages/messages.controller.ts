import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Metrics } from '../metrics/metrics.js';
import { type Reading } from '../transcript/reading.js';
import { Transcripts } from '../transcript/transcripts.js';
import { type Window } from '../transcript/window.js';
import { chooseEncoding } from './accept-encoding.js';
import { matchesEntityTag } from './conditional.js';
import { DocumentMessages } from './messages.openapi.js';
import { readMessagesRequest } from './messages-request.js';
import { type Page, type Variant } from './page.js';
import { PageCache } from './page-cache.js';
import { pageHeaders } from './page-headers.js';

type MessagesRequest = FastifyRequest<{ Params: { sessionId: string } }>;

const NO_CACHE = /(?:^|,)\s*no-cache\s*(?:,|$)/i;

/** GET and HEAD of a session's messages; Fastify leaves the body of a HEAD away. */
@Controller('sessions')
export class MessagesController {
  constructor(
    @Inject(Transcripts) private readonly transcripts: Transcripts,
    @Inject(PageCache) private readonly pages: PageCache,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get(':sessionId/messages')
  @DocumentMessages()
  async messages(@Req() request: MessagesRequest, @Res() reply: FastifyReply): Promise<void> {
    const { sessionId } = request.params;
    const window = readMessagesRequest(sessionId, queryOf(request.url));
    const reading = await this.read(sessionId, window, NO_CACHE.test(request.headers['cache-control'] ?? ''));
    request.context.cacheOutcome = reading.outcome;
    this.metrics.cacheRequests.inc({ outcome: reading.outcome, level: reading.level });
    const page = this.pages.page(sessionId, window, reading);
    const variant = page.variant(chooseEncoding(request.headers['accept-encoding']));
    await send(request, reply, page, variant instanceof Promise ? await variant : variant, reading);
  }

  private read(sessionId: string, window: Window, asksAnew: boolean): Reading | Promise<Reading> {
    if (asksAnew) return this.transcripts.read(sessionId, window, true);
    return this.transcripts.peek(sessionId, window) ?? this.transcripts.read(sessionId, window, false);
  }
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
  variant: Variant,
  reading: Reading,
): FastifyReply {
  const ifNoneMatch = request.headers['if-none-match'];
  void reply.headers(pageHeaders(page, variant, reading, Date.now()));
  if (ifNoneMatch !== undefined && matchesEntityTag(ifNoneMatch, variant.etag)) return reply.status(304).send();
  if (variant.encoding !== 'identity') void reply.header('content-encoding', variant.encoding);
  return reply.header('content-type', 'application/json; charset=utf-8').send(variant.body);
}

function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
