import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import { trace } from '../tracing/trace.js';
import { type RedisClient } from './connect.js';
import { RedisChannel } from './redis-channel.js';

const TRACED = { isCall: true, attributes: { 'db.system.name': 'redis' } } as const;

/** The timeout of every command. */
const MAX_WAIT_MS = 100;
/** How often Redis is tried in the background while it is unavailable. */
const TRIAL_MS = 500;

/**
 * The connection to Redis with a circuit breaker: the first command without an answer opens it for all, and a successful
 * PING in the background closes it. So a request waits for Redis at most one command timeout, and later ones not at all.
 */
export class RedisLink {
  private isUp = false;
  private isClosed = false;
  private trial: NodeJS.Timeout | undefined;
  /**
   * A key whose node did not answer: the cluster client may have dropped that node, so a PING of the others proves
   * nothing.
   */
  private suspect: string | undefined;
  private lastFault = 'closed';

  constructor(
    /** undefined if no Redis is configured. */
    readonly client: RedisClient | undefined,
    private readonly onChange: (isUp: boolean) => void = () => undefined,
    /** Called with the first word of an error reply about a command or a subscription, such as OOM. */
    private readonly onRefusal: (reason: string) => void = () => undefined,
  ) {
    client?.on('ready', () => void this.try());
    client?.on('error', (error) => {
      this.lastFault = reasonOf(error);
    });
    client?.on('close', () => {
      this.goDown();
    });
  }

  /** Why Redis is, or was last, unavailable: a code of the system, or the first word of Redis's error reply. */
  get reason(): string {
    return this.lastFault;
  }

  get state(): 'up' | 'down' | 'off' {
    if (this.client === undefined) return 'off';
    return this.isUp ? 'up' : 'down';
  }

  /**
   * undefined while Redis is unavailable, or if it refuses the command: the caller has to continue without it (ADR 4).
   * An error reply does not open the breaker. `key` is one of the command's keys, if any.
   */
  async run<T>(command: (client: RedisClient) => Promise<T>, key?: string): Promise<T | undefined> {
    const { client } = this;
    if (client === undefined || !this.isUp) return undefined;
    try {
      return await trace('redis', TRACED, () => inTime(command(client)));
    } catch (error) {
      if (isRefusal(error)) {
        this.onRefusal(reasonOf(error));
        return undefined;
      }
      this.suspect = key;
      this.goDown(error);
      return undefined;
    }
  }

  /** Subscribes to a pub/sub channel; undefined if no Redis is configured. */
  subscribe(channelName: string, onMessage: (message: Buffer) => void): RedisChannel | undefined {
    if (this.client === undefined) return undefined;
    return new RedisChannel(this.client, channelName, onMessage, (error) => {
      this.onRefusal(reasonOf(error));
    });
  }

  /** Resolves when Redis answers, or after `ms`: the service starts either way. */
  async whenUp(ms: number): Promise<void> {
    const end = Date.now() + ms;
    if (this.client === undefined) return;
    while (!(await this.try()) && Date.now() < end) await sleep(20);
  }

  /** Disconnects without QUIT, whose answer a frozen Redis would never send. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.trial);
    this.client?.disconnect(false);
  }

  private goDown(error?: unknown): void {
    if (this.isClosed) return;
    if (error !== undefined) this.lastFault = reasonOf(error);
    if (this.isUp) {
      this.isUp = false;
      this.onChange(false);
    }
    this.scheduleTrial();
  }

  private scheduleTrial(): void {
    clearTimeout(this.trial);
    this.trial = setTimeout(() => void this.try(), TRIAL_MS).unref();
  }

  private async try(): Promise<boolean> {
    if (this.isUp || this.client === undefined) return this.isUp;
    // ioredis refuses commands to a node that it is still connecting to.
    if (this.client.status !== 'ready') {
      this.goDown();
      return false;
    }
    try {
      await inTime(this.ask(this.client));
    } catch (error) {
      this.goDown(error);
      return false;
    }
    this.goUp();
    return true;
  }

  /** Every node has to answer. */
  private async ask(client: RedisClient): Promise<void> {
    const nodes = client instanceof Cluster ? client.nodes('master') : [client];
    await Promise.all(nodes.map((node) => node.ping()));
    if (this.suspect !== undefined) await client.exists(this.suspect);
  }

  private goUp(): void {
    if (this.isUp || this.isClosed) return;
    clearTimeout(this.trial);
    this.isUp = true;
    this.suspect = undefined;
    this.onChange(true);
  }
}

/** setImmediate: after a blocked event loop the timer runs before the socket is read, where the reply may be waiting. */
function inTime<T>(reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        reject(new NoAnswerInTimeError());
      });
    }, MAX_WAIT_MS);
    void reply.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** An error reply about this command (full, wrong type). Errors about login or role mean that Redis cannot be used. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ReplyError' &&
    !/^(NOAUTH|WRONGPASS|NOPERM|LOADING|CLUSTERDOWN|MASTERDOWN|READONLY|UNBLOCKED)/.test(error.message)
  );
}

class NoAnswerInTimeError extends Error {
  override readonly name = 'NoAnswerInTimeError';
}

/** For the log. An error's message may quote a command, so it is left out. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'ReplyError') return /^\w+/.exec(error.message)?.[0] ?? error.name;
  return 'code' in error ? String(error.code) : error.name;
}
