import { Body, Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { AllowAccess } from '../../access/access.js';
import { isIdentifier } from '../../http/identifier.js';
import { isJsonObject, parseJson } from '../../json.js';
import { ProblemError } from '../../problem/problem.js';
import { WebhookEvents } from './webhook-events.js';
import { queryOf } from '../../target.js';

const COMMAND = 'Desk.SessionEventNotify';

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

/**
 * The session that changed; undefined if this is about something else. Any event of a session counts as a change, since
 * the list of events is not published in full. Nothing else of the body is read: it holds the customer's messages.
 * @throws ProblemError `invalid-request` if it is not a JSON object
 */
function changedSession(body: unknown): string | undefined {
  // TextDecoder skips a byte order mark, as RFC 8259 §8.1 allows.
  const event = Buffer.isBuffer(body) ? parseJson(new TextDecoder().decode(body)) : undefined;
  if (!isJsonObject(event)) throw new ProblemError('invalid-request', { detail: 'The body is no JSON object.' });
  const { CallbackCommand: command, SessionId: id } = event;
  return command === COMMAND && typeof id === 'string' && isIdentifier(id) ? id : undefined;
}
