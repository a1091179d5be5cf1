import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AllowAccess } from '../access/access.js';
import { FileDownload } from '../http/file-download.js';
import { Responder } from '../http/responder.js';
import { MessagesFiles } from './messages-file.js';
import { readMessagesRequest } from './messages-request.js';
import { auditOf, MessagesRoute } from './messages-route.js';
import { DocumentMessages } from './messages.openapi.js';
import { queryOf } from '../target.js';

type MessagesRequest = FastifyRequest<{ Params: { sessionId: string } }>;

/** GET and HEAD of a session's messages. */
@ApiTags('messages')
@Controller('sessions')
export class MessagesController {
  constructor(
    @Inject(MessagesRoute) private readonly route: MessagesRoute,
    @Inject(Responder) private readonly responder: Responder,
    @Inject(MessagesFiles) private readonly files: MessagesFiles,
    @Inject(FileDownload) private readonly download: FileDownload,
  ) {}

  @Get(':sessionId/messages')
  @AllowAccess('callers')
  @DocumentMessages()
  async messages(@Req() request: MessagesRequest, @Res() reply: FastifyReply): Promise<void> {
    const { sessionId } = request.params;
    const asked = readMessagesRequest(sessionId, queryOf(request.url));
    if ('format' in asked) {
      await this.download.respond(request, reply, this.files.source(sessionId, asked));
      return;
    }
    request.context.audit = auditOf(sessionId, asked);
    await this.responder.respond(request, reply, this.route, (options) => this.route.read(sessionId, asked, options));
  }

  /** An empty id is an invalid id, not an unknown path. */
  @Get('//messages')
  @AllowAccess('callers')
  @ApiExcludeEndpoint()
  messagesWithoutId(@Req() { url }: FastifyRequest): void {
    readMessagesRequest('', queryOf(url));
  }
}
