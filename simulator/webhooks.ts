import { createHash, randomUUID } from 'node:crypto';

/** The receiver of webhooks, as configured in the desk's console. */
export interface WebhookTarget {
  readonly url: string;
  /** The token for `Sign`. */
  readonly token?: string;
  /** The last part of the path. */
  readonly secret?: string;
}

/** Faults of webhooks on their way. */
export interface WebhookFaults {
  /** One in so many is lost; 0 for none. */
  readonly loseOneIn: number;
  /** How many more times each is sent, with the same RequestID. */
  readonly repeat: number;
  readonly delayMs: number;
  /** If two follow each other within a second, the later one is sent first. */
  readonly reorder: boolean;
  /** How much later the records show what a webhook reported. */
  readonly recordsLagMs: number;
}

/** The record of one webhook: the status of its answer, `lost`, or `failed` without an answer. */
export interface SentWebhook {
  readonly at: number;
  readonly sessionId: string;
  readonly requestId: string;
  readonly outcome: number | 'lost' | 'failed';
}

const NO_FAULTS: WebhookFaults = { loseOneIn: 0, repeat: 0, delayMs: 0, reorder: false, recordsLagMs: 0 };
const REORDER_MS = 1000;
const KEPT = 10_000;

/** Sends a webhook for every change, as the desk does with `Desk.SessionEventNotify`. */
export class Webhooks {
  faults = NO_FAULTS;
  readonly sent: SentWebhook[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private held: (() => void) | undefined;
  private count = 0;

  constructor(
    private readonly sdkAppId: number,
    private readonly now: () => number,
    private target: WebhookTarget | undefined,
  ) {}

  get isOn(): boolean {
    return this.target !== undefined;
  }

  sendTo(target: WebhookTarget | undefined): void {
    this.target = target;
  }

  setFaults(faults: Partial<WebhookFaults>): void {
    this.faults = { ...this.faults, ...faults };
  }

  /** @param message the MsgBody; undefined if the session's state changed */
  notify(sessionId: string, message?: unknown): void {
    const { target } = this;
    if (target === undefined) return;
    const { loseOneIn, repeat, delayMs, reorder } = this.faults;
    const requestId = randomUUID();
    this.count += 1;
    if (loseOneIn > 0 && this.count % loseOneIn === 0) {
      this.remember({ at: this.now(), sessionId, requestId, outcome: 'lost' });
      return;
    }
    const body = this.bodyOf(sessionId, message);
    const send = () => {
      for (let i = 0; i <= repeat; i++) void this.send(target, sessionId, requestId, body);
    };
    const inOrder = reorder
      ? () => {
          this.swap(send);
        }
      : send;
    if (delayMs === 0) inOrder();
    else this.later(inOrder, delayMs);
  }

  /** Runs delayed work, unless a reset cancels it. */
  later(work: () => void, ms: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, ms);
    this.timers.add(timer);
  }

  reset(): void {
    this.faults = NO_FAULTS;
    this.sent.length = 0;
    this.count = 0;
    this.close();
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.held = undefined;
  }

  private swap(send: () => void): void {
    const { held } = this;
    if (held !== undefined) {
      this.held = undefined;
      send();
      held();
      return;
    }
    this.held = send;
    this.later(() => {
      if (this.held !== send) return;
      this.held = undefined;
      send();
    }, REORDER_MS);
  }

  private async send({ url, token, secret }: WebhookTarget, sessionId: string, requestId: string, body: string) {
    const requestTime = String(Math.floor(this.now() / 1000));
    const query = new URLSearchParams({
      SdkAppid: String(this.sdkAppId),
      CallbackCommand: 'Desk.SessionEventNotify',
      contenttype: 'json',
      ClientIP: '127.0.0.1',
      OptPlatform: 'Web',
      RequestID: requestId,
      ...(token === undefined ? {} : { Sign: signOf(token, requestTime), RequestTime: requestTime }),
    });
    const address = `${url.replace(/\/$/, '')}${secret === undefined ? '' : `/${secret}`}?${query.toString()}`;
    const headers = { 'Content-Type': 'application/json' };
    const at = this.now();
    const outcome = await fetch(address, { method: 'POST', headers, body }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 'failed' as const,
    );
    this.remember({ at, sessionId, requestId, outcome });
  }

  private bodyOf(sessionId: string, message: unknown): string {
    return JSON.stringify({
      CallbackCommand: 'Desk.SessionEventNotify',
      SessionId: sessionId,
      Event: message === undefined ? 'SessionBegin' : 'ChatBot.UserSendMsg',
      EventTime: this.now(),
      ChannelType: 'SDK',
      ClientUserId: 'your_user_id',
      ...(message === undefined ? {} : { MsgKey: `152_${this.count}_abcdefg`, MsgBody: message }),
    });
  }

  private remember(webhook: SentWebhook): void {
    this.sent.push(webhook);
    if (this.sent.length > KEPT) this.sent.splice(0, KEPT / 10);
  }
}

function signOf(token: string, requestTime: string): string {
  return createHash('sha256')
    .update(token + requestTime)
    .digest('hex');
}
