import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AllowAccess } from '../../access/access.js';
import { auditOf, readStreamRequest } from './stream-request.js';
import { DocumentStream } from './stream.openapi.js';
import { Streams } from './streams.js';
import { queryOf } from '../../target.js';

type StreamRequest = FastifyRequest<{ Params: { sessionId: string }; Headers: { 'last-event-id'?: string } }>;

/**
 * GET and HEAD of a session's messages as a stream. Without Nest's `@Sse`, which numbers events itself, sends no
 * heartbeats and has no limit for slow clients.
 */
@ApiTags('messages')
@Controller('sessions')
export class StreamController {
  constructor(@Inject(Streams) private readonly streams: Streams) {}

  @Get(':sessionId/messages/stream')
  @AllowAccess('callers')
  @DocumentStream()
  async stream(@Req() request: StreamRequest, @Res() reply: FastifyReply): Promise<void> {
    const { sessionId } = request.params;
    const from = readStreamRequest(sessionId, queryOf(request.url), request.headers['last-event-id']);
    request.context.audit = auditOf(sessionId, from);
    if (request.method === 'HEAD') this.streams.describe(request, reply);
    else await this.streams.open(request, reply, { sessionId, from });
  }

  /** An empty id is an invalid id, not an unknown path. */
  @Get('//messages/stream')
  @AllowAccess('callers')
  @ApiExcludeEndpoint()
  streamWithoutId(@Req() { url }: FastifyRequest): void {
    readStreamRequest('', queryOf(url), undefined);
  }
}
