import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { tooManyRequests } from '../problem/too-many-requests.js';
import { runInContext } from '../logging/request-context.js';
import { Metrics } from '../metrics/metrics.js';
import { Transcripts } from '../transcript/transcripts.js';
import { chooseEncoding } from './accept-encoding.js';
import { DocumentMessages } from './messages.openapi.js';
import { readMessagesRequest } from './messages-request.js';
import { PageCache } from './page-cache.js';
import { sendPage } from './send-page.js';

type MessagesRequest = FastifyRequest<{ Params: { sessionId: string } }>;

const NO_CACHE = /(?:^|,)\s*no-cache\s*(?:,|$)/i;

/** GET and HEAD of a session's messages; Fastify leaves the body of a HEAD away. */
@ApiTags('messages')
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
    request.context.read = { sessionId, window };
    const asksAnew = NO_CACHE.test(request.headers['cache-control'] ?? '');
    const atHand = asksAnew ? undefined : this.transcripts.peek(sessionId, window);
    // The caller's limit is counted meanwhile; known before the desk is asked, so that a burst costs others no quota.
    const waitMs = await request.allowance;
    if (waitMs !== undefined && waitMs > 0) throw tooManyRequests(waitMs);
    const reading =
      atHand ?? (await runInContext(request.context, () => this.transcripts.read(sessionId, window, asksAnew)));
    request.context.cacheOutcome = reading.outcome;
    this.metrics.cacheRequests.inc({ outcome: reading.outcome, level: reading.level });
    const page = this.pages.page(sessionId, window, reading);
    const variant = page.variant(chooseEncoding(request.headers['accept-encoding']));
    sendPage(request, reply, page, variant instanceof Promise ? await variant : variant, reading);
  }

  /** An empty id is invalid like any other, and no unknown path. */
  @Get('//messages')
  @ApiExcludeEndpoint()
  messagesOfNobody(@Req() { url }: FastifyRequest): void {
    readMessagesRequest('', queryOf(url));
  }
}

function queryOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
