import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Answer } from './http.js';
import { messagesPath, Replicas, type TimedAnswer } from './replicas.js';
import { until } from './until.js';
import { sendWebhook, TOKEN } from './webhook.js';

/** A notice takes a round trip to Redis; the rest is for a busy machine. */
export const SOON_MS = 1000;

/**
 * Two replicas with a webhook, whose answers stay fresh for longer than any test: only reported sessions are fetched
 * again.
 */
export class WebhookReplicas {
  /** The session of the test. */
  id = '';
  private made = 0;

  private constructor(
    readonly desk: Simulator,
    readonly replicas: Replicas,
  ) {}

  static async start(redis: Readonly<Record<string, string>>): Promise<WebhookReplicas> {
    const desk = await startSimulator();
    const replicas = await Replicas.start(2, {
      DESK_BASE_URL: desk.url,
      CACHE_FRESH_MIN_MS: '60000',
      CACHE_FRESH_MAX_MS: '60000',
      WEBHOOK_TOKENS: TOKEN,
      ...redis,
    });
    return new WebhookReplicas(desk, replicas);
  }

  async begin(): Promise<void> {
    this.desk.reset();
    this.id = `changed-${++this.made}`;
    this.desk.setSession(this.id, [textMessage('first', Date.now())]);
    await this.replicas.redisIs('up');
  }

  async stop(): Promise<void> {
    await this.replicas.stop();
    await this.desk.close();
  }

  /** How many calls the desk got for this session. */
  get calls(): number {
    return this.desk.calls.filter(({ sessionId }) => sessionId === this.id).length;
  }

  write(text: string): void {
    this.desk.append(this.id, textMessage(text, Date.now()));
  }

  read(nth: number): Promise<TimedAnswer> {
    return this.replicas.get(nth, messagesPath(this.id));
  }

  async readAll(): Promise<void> {
    await this.read(0);
    await this.read(1);
  }

  report(nth: number, requestId?: string): Promise<Answer> {
    const request = requestId === undefined ? {} : { requestId };
    return sendWebhook(this.replicas.nth(nth), { sessionId: this.id, ...request });
  }

  /** The session changes while a call of replica 0 is in flight, and the notice arrives at replica 1. */
  async changeDuringFlight(text: string): Promise<void> {
    await this.read(1);
    await this.report(1);
    const before = this.calls;
    // Late, but as the session was when the call came.
    this.desk.failNext({ kind: 'latency', ms: 1000 }, { sessionId: this.id });
    const inFlight = this.read(0);
    await until(() => this.calls > before);
    this.write(text);
    await this.report(1);
    await inFlight;
  }

  /** How long until a replica shows it. */
  async shownAfter(nth: number, text: string): Promise<number> {
    const startedAt = performance.now();
    await until(async () => (await this.read(nth)).body.includes(text));
    return performance.now() - startedAt;
  }
}
