import { setTimeout as sleep } from 'node:timers/promises';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Answer } from './http.js';
import { messagesPath, Replicas, type TimedAnswer } from './replicas.js';
import { sendWebhook, TOKEN } from './webhook.js';

/** A notice takes a round trip to Redis; the rest is for a busy machine. */
export const SOON_MS = 1000;

/**
 * Two replicas with a webhook, whose answers stay fresh for longer than any test: only reported sessions are fetched
 * again.
 */
export class ToldReplicas {
  /** The session of the test. */
  id = '';
  private made = 0;

  private constructor(
    readonly desk: Simulator,
    readonly replicas: Replicas,
  ) {}

  static async start(redis: Readonly<Record<string, string>>): Promise<ToldReplicas> {
    const desk = await startSimulator();
    const replicas = await Replicas.start(2, {
      DESK_BASE_URL: desk.url,
      CACHE_FRESH_MIN_MS: '60000',
      CACHE_FRESH_MAX_MS: '60000',
      WEBHOOK_TOKENS: TOKEN,
      ...redis,
    });
    return new ToldReplicas(desk, replicas);
  }

  async begin(): Promise<void> {
    this.desk.reset();
    this.id = `told-${++this.made}`;
    this.desk.setSession(this.id, [textMessage('first', Date.now())]);
    await this.replicas.redisIs('up');
  }

  async stop(): Promise<void> {
    await this.replicas.stop();
    await this.desk.close();
  }

  /** The desk's, of this session. */
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

  tell(nth: number, requestId?: string): Promise<Answer> {
    const request = requestId === undefined ? {} : { requestId };
    return sendWebhook(this.replicas.nth(nth), { sessionId: this.id, ...request });
  }

  /** How long until a replica shows it. */
  async shownAfter(nth: number, text: string): Promise<number> {
    const startedAt = performance.now();
    while (!(await this.read(nth)).body.includes(text)) await sleep(10);
    return performance.now() - startedAt;
  }
}
