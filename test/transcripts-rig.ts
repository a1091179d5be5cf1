import { type FreshnessPolicy } from '../src/cache/freshness.js';
import { pino } from 'pino';
import { type ReadOptions } from '../src/cache/lookup.js';
import { RedisStore, type RedisStoreOptions } from '../src/cache/redis-store.js';
import { type Result } from '../src/cache/result.js';
import { plainText } from '../src/cache/stored-value.js';
import { type Clock } from '../src/clock.js';
import { BackgroundTurns } from '../src/desk/admission/background-turns.js';
import { toMessage } from '../src/content/message.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { headKeptMs } from '../src/transcript/stored-transcript.js';
import { type TranscriptPolicy } from '../src/transcript/log.js';
import { Transcripts } from '../src/transcript/transcripts.js';
import { type TranscriptView } from '../src/transcript/view.js';
import { type Window } from '../src/transcript/query.js';
import { answerOf, type DeskState, messageOf, ModelDesk } from './model-desk.js';

/** The defaults of the service. */
export const freshness: FreshnessPolicy = {
  freshMinMs: 2000,
  freshMaxMs: 60_000,
  staleWhileRevalidateMs: 10_000,
  staleIfErrorMs: 300_000,
  notFoundMs: 5000,
  reportedFreshMs: 0,
};

export const defaults: TranscriptPolicy = { ...freshness, sealedMs: 3_600_000, sealAfterMs: 600_000 };

export const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

export interface RigOptions {
  /** How many messages the session has at the start, and how long ago the newest was sent. */
  readonly count: number;
  readonly quietMs?: number;
  readonly policy?: Partial<TranscriptPolicy>;
  readonly memoryBytes?: number;
}

/** Transcripts without Redis on a model desk, with a clock that only tests move. */
export class Rig {
  time = START;
  contradictions = 0;
  /** Whether changes are reported. */
  isReporting = false;
  readonly policy: TranscriptPolicy;
  readonly desk: ModelDesk;
  readonly transcripts: Transcripts;

  constructor({ count, quietMs = DAY, policy, memoryBytes = 10_000_000 }: RigOptions) {
    const now = () => this.time;
    this.policy = { ...defaults, ...policy };
    const newest = START - quietMs;
    this.desk = new ModelDesk(
      now,
      Array.from({ length: count }, (_, i) => messageOf(i, newest - (count - 1 - i) * 10)),
    );
    this.transcripts = new Transcripts({
      desk: this.desk,
      store: new RedisStore(new RedisLink(undefined), storeOptions({ keyPrefix: 'test', policy: this.policy, now })),
      policy: this.policy,
      isReporting: () => this.isReporting,
      maxBytes: memoryBytes,
      deadlineMs: 10_000,
      turns: turnsAtOnce(),
      now,
      random: () => 0,
      logger: pino({ level: 'silent' }),
      onContradiction: () => {
        this.contradictions += 1;
      },
    });
  }

  /** As the service does it: memory first, then the rest. */
  async read(window: Partial<Window> = {}, options: ReadOptions = {}): Promise<Result<TranscriptView>> {
    const whole = windowOf(window);
    const ready = options.noCache === true ? undefined : this.transcripts.peek('session', whole);
    return ready ?? (await this.transcripts.read('session', whole, options));
  }

  /** How many calls the desk got meanwhile. */
  async callsOf(work: () => Promise<unknown>): Promise<number> {
    const before = this.desk.calls.length;
    await work();
    return this.desk.calls.length - before;
  }

  async walk(order: 'asc' | 'desc', limit: number): Promise<void> {
    for (let offset = 0; offset < this.desk.state.messages.length; offset += limit) {
      await this.read({ order, offset, limit });
    }
  }
}

/** Background calls go as soon as they need not give way. */
export function turnsAtOnce(isBusy = () => false): BackgroundTurns {
  const quota = { take: () => Promise.resolve(0) };
  return new BackgroundTurns({ quota, spacingMs: 0, isBusy, now: () => 0 });
}

export function storeOptions({ keyPrefix, policy, now }: StoreOf): RedisStoreOptions {
  const versionMs = headKeptMs(policy);
  return { keyPrefix, resource: 'messages', cipher: plainText, versionMs, changeMs: 180_000, now, random: () => 0 };
}

interface StoreOf {
  readonly keyPrefix: string;
  readonly policy: TranscriptPolicy;
  readonly now: Clock;
}

export function windowOf(window: Partial<Window>): Window {
  return { limit: 20, offset: 0, order: 'desc', ...window };
}

/** A page as the caller sees it: total, and position with message in the requested order. */
export interface Seen {
  readonly total: number;
  readonly rows: readonly string[];
}

export function seen(view: TranscriptView, { order }: Window): Seen {
  const rows: string[] = [];
  let position = view.first;
  for (const { messages, from, to } of view.slices) {
    for (let i = from; i < to; i++) {
      rows.push(`${position ?? 'null'} {${messages.json(i).toString()}`);
      if (position !== undefined) position += 1;
    }
  }
  return { total: view.total, rows: order === 'asc' ? rows : rows.toReversed() };
}

/** The page that the desk would have given in this state. */
export function expected(state: DeskState, window: Window, hasPositions = true): Seen {
  const { list, total } = answerOf(state, window);
  const rows = list.map((message, i) => {
    const position = window.order === 'asc' ? window.offset + i : total - 1 - window.offset - i;
    return `${hasPositions ? position : 'null'} ${JSON.stringify(toMessage(message))}`;
  });
  return { total, rows };
}

/** The states of the desk from `from` on. */
export function statesSince(desk: ModelDesk, from: number): DeskState[] {
  return desk.states.filter((_, i) => (desk.states[i + 1]?.since ?? Infinity) >= from);
}
