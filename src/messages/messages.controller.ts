import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AnswerHeaders } from '../answer/answer-headers.js';
import { runInContext } from '../logging/request-context.js';
import { Metrics } from '../metrics/metrics.js';
import { Transcripts } from '../transcript/transcripts.js';
import { chooseEncoding } from './accept-encoding.js';
import { DocumentMessages } from './messages.openapi.js';
import { queryOf, readMessagesRequest } from './messages-request.js';
import { PageCache } from './page-cache.js';
import { writePage } from './write-page.js';

type MessagesRequest = FastifyRequest<{ Params: { sessionId: string } }>;

const NO_CACHE = /(?:^|,)\s*no-cache\s*(?:,|$)/i;

/** GET and HEAD of a session's messages, where `FastPath` has left them to Nest. */
@ApiTags('messages')
@Controller('sessions')
export class MessagesController {
  constructor(
    @Inject(Transcripts) private readonly transcripts: Transcripts,
    @Inject(PageCache) private readonly pages: PageCache,
    @Inject(AnswerHeaders) private readonly headers: AnswerHeaders,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Get(':sessionId/messages')
  @DocumentMessages()
  async messages(@Req() request: MessagesRequest, @Res() reply: FastifyReply): Promise<void> {
    const { context, headers, params } = request;
    const { sessionId } = params;
    const window = readMessagesRequest(sessionId, queryOf(request.url));
    context.read = { sessionId, window };
    const asksAnew = NO_CACHE.test(headers['cache-control'] ?? '');
    const reading = await runInContext(context, () => this.transcripts.read(sessionId, window, asksAnew, request.over));
    context.cacheOutcome = reading.outcome;
    this.metrics.cacheRequests.inc({ outcome: reading.outcome, level: reading.level });
    const page = this.pages.page(sessionId, window, reading);
    const variant = await page.variant(chooseEncoding(headers['accept-encoding']));
    reply.hijack();
    const lines = this.headers.linesOfPage(context.requestId, headers.origin);
    writePage(request.raw, reply.raw, { page, variant, reading }, lines);
  }

  /** An empty id is invalid like any other, and no unknown path. */
  @Get('//messages')
  @ApiExcludeEndpoint()
  messagesOfNobody(@Req() { url }: FastifyRequest): void {
    readMessagesRequest('', queryOf(url));
  }
}
