import { type Cluster, type Redis } from 'ioredis';

export type RedisClient = Redis | Cluster;

/** Redis is away, or gave no answer in time. What it would have told has to be done without. */
export class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';
}

/** How often Redis is tried while it is away; nobody's request waits for that. */
const TRIAL_MS = 500;

/**
 * The way to Redis, with a breaker: the first command that gets no answer closes the way for everybody, and a PING in the
 * background opens it again. So no request ever waits for Redis longer than one command timeout, and after that none waits.
 */
export class RedisLink {
  private isUp = false;
  private trial: NodeJS.Timeout | undefined;

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

  /** @throws RedisAwayError at once while Redis is away. An error that Redis itself answered leaves the way open. */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    if (this.client === undefined || !this.isUp) throw new RedisAwayError('Redis is away');
    try {
      return await command(this.client);
    } catch (error) {
      if (isReply(error)) throw error;
      this.goDown();
      throw new RedisAwayError('Redis gave no answer', { cause: error });
    }
  }

  /** Resolves when Redis answers, or after `ms` without it: the service starts either way. */
  async whenUp(ms: number): Promise<void> {
    const end = Date.now() + ms;
    while (this.state === 'down' && Date.now() < end) {
      await this.try();
      if (this.state === 'down') await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Says goodbye, but does not wait for an answer that a frozen Redis never gives. */
  close(): void {
    clearTimeout(this.trial);
    this.client?.disconnect(false);
  }

  private goDown(): void {
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

  private async try(): Promise<void> {
    if (this.isUp || this.client === undefined) return;
    try {
      await this.client.ping();
      clearTimeout(this.trial);
      this.isUp = true;
      this.onChange(true);
    } catch {
      this.scheduleTrial();
    }
  }
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
