import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AllowAccess } from '../access/access.js';
import { FileDownload } from '../http/file-download.js';
import { Responder } from '../http/responder.js';
import { SessionsFiles } from './list/sessions-file.js';
import { readSessionsQuery } from './list/sessions-request.js';
import { auditOf, SessionsRoute } from './list/sessions-route.js';
import { checkSessionStateRequest, SessionStateRoute } from './state/session-state-route.js';
import { DocumentSessions, DocumentSessionState } from './sessions.openapi.js';
import { queryOf } from '../target.js';

type SessionRequest = FastifyRequest<{ Params: { sessionId: string } }>;

/** GET and HEAD of the list of sessions, and of a session's state. */
@ApiTags('sessions')
@Controller('sessions')
export class SessionsController {
  constructor(
    @Inject(SessionsRoute) private readonly list: SessionsRoute,
    @Inject(SessionStateRoute) private readonly state: SessionStateRoute,
    @Inject(Responder) private readonly responder: Responder,
    @Inject(SessionsFiles) private readonly files: SessionsFiles,
    @Inject(FileDownload) private readonly download: FileDownload,
  ) {}

  @Get()
  @AllowAccess('callers')
  @DocumentSessions()
  async sessions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = readSessionsQuery(queryOf(request.url));
    if ('format' in query) {
      await this.download.respond(request, reply, this.files.source(query));
      return;
    }
    request.context.audit = auditOf(query);
    await this.responder.respond(request, reply, this.list, (options) => this.list.read(query, options));
  }

  @Get(':sessionId')
  @AllowAccess('callers')
  @DocumentSessionState()
  async sessionState(@Req() request: SessionRequest, @Res() reply: FastifyReply): Promise<void> {
    const { sessionId } = request.params;
    checkSessionStateRequest(sessionId, queryOf(request.url));
    request.context.audit = { sessionId };
    await this.responder.respond(request, reply, this.state, (options) => this.state.read(sessionId, options));
  }
}
