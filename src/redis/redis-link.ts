import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';

export type RedisClient = Redis | Cluster;

/** Redis is away, or gave no answer in time. What it would have told has to be done without. */
export class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';
}

/** Nobody waits longer than this for an answer. */
const PATIENCE_MS = 100;
/** How often Redis is tried while it is away; nobody's request waits for that. */
const TRIAL_MS = 500;

/**
 * The way to Redis, with a breaker: the first command that gets no answer closes the way for everybody, and a PING in the
 * background opens it again. So no request ever waits for Redis longer than one command timeout, and after that none waits.
 */
export class RedisLink {
  private isUp = false;
  private isClosed = false;
  private trial: NodeJS.Timeout | undefined;
  /** A key whose node gave no answer: a cluster may have lost sight of that node altogether. */
  private suspect: string | undefined;

  constructor(
    /** undefined where no Redis is configured. */
    readonly client: RedisClient | undefined,
    private readonly onChange: (isUp: boolean) => void = () => undefined,
  ) {
    client?.on('ready', () => void this.try());
    // A listener has to be there, or the process dies of a lost connection; what is lost shows as `down`.
    client?.on('error', () => undefined);
    client?.on('close', () => {
      this.goDown();
    });
  }

  get state(): 'up' | 'down' | 'off' {
    if (this.client === undefined) return 'off';
    return this.isUp ? 'up' : 'down';
  }

  /**
   * `key` is one of those that the command is about, if any.
   * @throws RedisAwayError at once while Redis is away. An error that Redis itself answered leaves the way open.
   */
  async run<T>(command: (client: RedisClient) => Promise<T>, key?: string): Promise<T> {
    if (this.client === undefined || !this.isUp) throw new RedisAwayError('Redis is away');
    try {
      return await inTime(command(this.client));
    } catch (error) {
      if (isReply(error)) throw error;
      this.suspect = key;
      this.goDown();
      throw new RedisAwayError('Redis gave no answer', { cause: error });
    }
  }

  /** As `run`, for what can be done without: undefined while Redis is away, or where it refuses the command. */
  async tryRun<T>(command: (client: RedisClient) => Promise<T>, key?: string): Promise<T | undefined> {
    if (this.state !== 'up') return undefined;
    try {
      return await this.run(command, key);
    } catch (error) {
      if (isRedisTrouble(error)) return undefined;
      throw error;
    }
  }

  /** Resolves when Redis answers, or after `ms` without it: the service starts either way. */
  async whenUp(ms: number): Promise<void> {
    const end = Date.now() + ms;
    if (this.client === undefined) return;
    while (!(await this.try()) && Date.now() < end) await sleep(20);
  }

  /** Says goodbye, but does not wait for an answer that a frozen Redis never gives. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.trial);
    this.client?.disconnect(false);
  }

  private goDown(): void {
    if (this.isClosed) return;
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
    try {
      await inTime(this.ask(this.client));
    } catch {
      this.goDown();
      return false;
    }
    this.goUp();
    return true;
  }

  /** Every node has to answer; ioredis refuses commands to one that it only begins to connect to. */
  private async ask(client: RedisClient): Promise<void> {
    if (client.status !== 'ready') throw new RedisAwayError('not connected');
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

/** A reply that lies in the socket already counts: after a busy moment of this process timers run before it is read. */
function inTime<T>(reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => {
        reject(new RedisAwayError('no answer in time'));
      });
    }, PATIENCE_MS);
    void reply.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** Whatever Redis may do to us: away, silent, full, or holding something of the wrong kind. Never a reason to fail. */
export function isRedisTrouble(error: unknown): boolean {
  return error instanceof RedisAwayError || (error instanceof Error && error.name === 'ReplyError');
}

/** Redis answered, if only with a complaint (full, wrong type); a refused password is no answer we can work with. */
function isReply(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ReplyError' &&
    !/^(NOAUTH|WRONGPASS|NOPERM|LOADING|CLUSTERDOWN|MASTERDOWN|READONLY|UNBLOCKED)/.test(error.message)
  );
}
