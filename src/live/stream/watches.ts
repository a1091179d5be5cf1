import { type RedisChannel } from '../../redis/redis-channel.js';
import { type Transcripts } from '../../transcript/transcripts.js';
import { type TranscriptView } from '../../transcript/view.js';
import { Watch, type WatchParts } from './watch.js';

export interface WatchesParts extends WatchParts {
  readonly transcripts: WatchParts['transcripts'] & Pick<Transcripts, 'onVersion' | 'versionKey'>;
  readonly random: () => number;
  readonly onCountChange: (count: number) => void;
}

/**
 * Redis notifies at once of what another replica updated; in case a notice is lost, Redis is polled this often, with
 * jitter.
 */
const CATCH_UP_MS = 1500;
const SPREAD_MS = 400;

/** The watches of this replica: one for each session, shared by all its clients. */
export class Watches {
  /** By the key that sessions have in Redis. */
  private readonly watches = new Map<string, Watch>();
  /** Set once a client watched, for as long as the service runs. */
  private channel: RedisChannel | undefined;
  private isListening = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: WatchesParts) {}

  /** The watch of a session with this known state. Every `enter` needs a `leave`. */
  enter(sessionId: string, view: TranscriptView): Watch {
    const name = this.parts.transcripts.versionKey(sessionId);
    const held = this.watches.get(name);
    if (held !== undefined) return held;
    const watch = new Watch(sessionId, this.parts, view);
    this.watches.set(name, watch);
    this.parts.onCountChange(this.watches.size);
    this.listen();
    return watch;
  }

  leave(sessionId: string, watch: Watch): void {
    const name = this.parts.transcripts.versionKey(sessionId);
    if (watch.isWatched || this.watches.get(name) !== watch) return;
    watch.close();
    this.watches.delete(name);
    this.parts.onCountChange(this.watches.size);
  }

  close(): void {
    this.channel?.close();
    clearTimeout(this.timer);
  }

  private listen(): void {
    if (!this.isListening) {
      this.isListening = true;
      this.channel = this.parts.transcripts.onVersion((name) => {
        const watch = this.watches.get(name);
        if (watch !== undefined) void this.catchUp([watch]);
      });
    }
    if (this.channel !== undefined) this.timer ??= this.scheduleCatchUp();
  }

  private scheduleCatchUp(): NodeJS.Timeout {
    const ms = CATCH_UP_MS + this.parts.random() * SPREAD_MS;
    return setTimeout(() => {
      void this.catchUp([...this.watches.values()]).then(() => {
        this.timer = this.watches.size > 0 ? this.scheduleCatchUp() : undefined;
      });
    }, ms).unref();
  }

  private async catchUp(watches: readonly Watch[]): Promise<void> {
    const { logger } = this.parts;
    const all = await Promise.allSettled(watches.map((watch) => watch.catchUp()));
    for (const one of all)
      if (one.status === 'rejected') logger.error({ err: one.reason }, 'a watch failed to catch up');
  }
}
