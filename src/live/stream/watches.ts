import { type RedisLink } from '../../redis/redis-link.js';
import { type TranscriptView } from '../../transcript/view.js';
import { Watch, type WatchParts } from './watch.js';

export interface WatchesParts extends WatchParts {
  readonly redis: RedisLink;
  readonly random: () => number;
  readonly onCountChange: (count: number) => void;
}

/** What one replica learned the readers of all get within a second: this often, and up to `SPREAD_MS` later, it is looked for. */
const CATCH_UP_MS = 450;
const SPREAD_MS = 250;

/** The watches of this replica: one for each session, however many watch it. */
export class Watches {
  private readonly watches = new Map<string, Watch>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: WatchesParts) {}

  /** The watch of a session, of which this is known. Whoever entered has to `leave`. */
  enter(sessionId: string, view: TranscriptView): Watch {
    const held = this.watches.get(sessionId);
    if (held !== undefined) return held;
    const watch = new Watch(sessionId, this.parts, view);
    this.watches.set(sessionId, watch);
    this.parts.onCountChange(this.watches.size);
    if (this.timer === undefined) this.scheduleCatchUp();
    return watch;
  }

  leave(sessionId: string, watch: Watch): void {
    if (watch.isWatched || this.watches.get(sessionId) !== watch) return;
    watch.close();
    this.watches.delete(sessionId);
    this.parts.onCountChange(this.watches.size);
  }

  private scheduleCatchUp(): void {
    const { redis, random } = this.parts;
    this.timer = undefined;
    if (this.watches.size === 0 || redis.client === undefined) return;
    const ms = CATCH_UP_MS + random() * SPREAD_MS;
    this.timer = setTimeout(() => void this.catchUp(), ms).unref();
  }

  private async catchUp(): Promise<void> {
    const { logger } = this.parts;
    const all = await Promise.allSettled([...this.watches.values()].map((watch) => watch.catchUp()));
    for (const one of all)
      if (one.status === 'rejected') logger.error({ err: one.reason }, 'a watch failed to catch up');
    this.scheduleCatchUp();
  }
}
