import { Body, Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { AllowAccess } from '../../access/access.js';
import { queryOf } from '../../http/request-target.js';
import { changedSession } from './webhook-body.js';
import { WebhookEvents } from './webhook-events.js';

/** The answer that the desk accepts; at any other it would repeat the webhook. */
const RECEIVED = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

/** Tencent's `Desk.SessionEventNotify`. Only the desk calls it, so it is not in the API document. */
@ApiExcludeController()
@Controller('webhooks/desk')
export class WebhookController {
  constructor(@Inject(WebhookEvents) private readonly events: WebhookEvents) {}

  @Post(['', ':secret'])
  @AllowAccess('desk')
  @HttpCode(200)
  @Header('content-type', 'application/json')
  @Header('cache-control', 'no-store')
  receive(@Req() request: FastifyRequest, @Body() body: unknown): string {
    const sessionId = changedSession(body);
    const requestId = new URLSearchParams(queryOf(request.url)).get('RequestID') ?? '';
    if (sessionId === undefined) this.events.ignore();
    else this.events.accept(sessionId, requestId === '' ? undefined : requestId);
    return RECEIVED;
  }
}
