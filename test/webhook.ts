import { createHash } from 'node:crypto';
import { type Answer, ask } from './http.js';
import { deskCredentials, type Service } from './service.js';

export const TOKEN = 'a-token-of-the-desk';

export interface Webhook {
  readonly sessionId?: string;
  readonly token?: string | null;
  readonly secret?: string;
  readonly requestId?: string;
  readonly requestTime?: number;
  readonly sdkAppId?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** The receiver of a webhook; signed with TOKEN unless told otherwise. */
export function webhookTarget({ token = TOKEN, secret, requestId, ...more }: Webhook = {}): string {
  const time = String(more.requestTime ?? Math.floor(Date.now() / 1000));
  const sign = token === null ? undefined : createHash('sha256').update(`${token}${time}`).digest('hex');
  const query = new URLSearchParams({
    SdkAppid: more.sdkAppId ?? deskCredentials.DESK_SDK_APP_ID,
    CallbackCommand: 'Desk.SessionEventNotify',
    contenttype: 'json',
    ClientIP: '203.0.113.7',
    OptPlatform: 'Web',
    ...(sign === undefined ? {} : { Sign: sign, RequestTime: time }),
    ...(requestId === undefined ? {} : { RequestID: requestId }),
  });
  return `/webhooks/desk${secret === undefined ? '' : `/${secret}`}?${query.toString()}`;
}

/** The document's own sample, for this session. */
export function webhookBody(sessionId: string): string {
  return JSON.stringify({
    CallbackCommand: 'Desk.SessionEventNotify',
    SessionId: sessionId,
    Event: 'ChatBot.UserSendMsg',
    EventTime: Date.now(),
    ChannelType: 'SDK',
    ClientUserId: 'your_user_id',
    MsgKey: '152_1600012345_abcdefg',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '请问如何申请退费?' } }],
    CloudCustomData: 'your cloud custom data',
  });
}

export function sendWebhook(service: Pick<Service, 'url'>, webhook: Webhook): Promise<Answer> {
  const { body = webhookBody(webhook.sessionId ?? 'a-session'), headers = {} } = webhook;
  return ask(service, webhookTarget(webhook), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}
