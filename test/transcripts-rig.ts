import { pino } from 'pino';
import { toMessage } from '../src/content/message.js';
import { RedisLink } from '../src/redis/redis-link.js';
import { plainSeal } from '../src/store/seal.js';
import { TranscriptStore } from '../src/store/transcript-store.js';
import { Flights } from '../src/transcript/flight.js';
import { type FreshnessPolicy } from '../src/transcript/freshness.js';
import { Inquiry } from '../src/transcript/inquiry.js';
import { type Found, type Reading } from '../src/transcript/reading.js';
import { Sessions } from '../src/transcript/session.js';
import { Transcripts } from '../src/transcript/transcripts.js';
import { type Window } from '../src/transcript/window.js';
import { answerOf, type DeskState, messageOf, ModelDesk } from './model-desk.js';

/** The contract's defaults. */
export const defaults: FreshnessPolicy = {
  freshMinMs: 2000,
  freshMaxMs: 60_000,
  staleWhileRevalidateMs: 10_000,
  staleIfErrorMs: 300_000,
  sealedMs: 3_600_000,
  sealAfterMs: 600_000,
};

export const NOT_FOUND_MS = 5000;
export const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

export interface RigOptions {
  /** How many messages the session has at the start, and how long ago the newest was sent. */
  readonly count: number;
  readonly quietMs?: number;
  readonly policy?: Partial<FreshnessPolicy>;
  readonly memoryBytes?: number;
}

/** Transcripts without Redis on a model desk, and a clock that stands until it is told to go on. */
export class Rig {
  time = START;
  contradictions = 0;
  readonly policy: FreshnessPolicy;
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
    const store = new TranscriptStore(new RedisLink(undefined), {
      keyPrefix: 'test',
      seal: plainSeal,
      policy: this.policy,
      now,
      random: () => 0,
    });
    const onContradiction = () => {
      this.contradictions += 1;
    };
    this.transcripts = new Transcripts({
      sessions: new Sessions(memoryBytes),
      store,
      flights: new Flights(store, now, () => 0),
      inquiry: new Inquiry({ desk: this.desk, policy: this.policy, notFoundMs: NOT_FOUND_MS, now, onContradiction }),
      policy: this.policy,
      deadlineMs: 10_000,
      now,
      logger: pino({ level: 'silent' }),
    });
  }

  /** As the controller does it: memory first, then whatever it takes. */
  async read(window: Partial<Window> = {}, asksAnew = false, reader = new AbortController().signal): Promise<Reading> {
    const whole = windowOf(window);
    const ready = asksAnew ? undefined : this.transcripts.peek('session', whole);
    return ready ?? (await this.transcripts.read('session', whole, asksAnew, reader));
  }

  /** How many calls the desk got while this went on. */
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

export function windowOf(window: Partial<Window>): Window {
  return { limit: 20, offset: 0, order: 'desc', ...window };
}

/** A page as the caller sees it: total, and position with message in the order asked for. */
export interface Seen {
  readonly total: number;
  readonly rows: readonly string[];
}

export function seen(found: Found, { order }: Window): Seen {
  const rows: string[] = [];
  let position = found.first;
  for (const { entries, from, to } of found.pieces) {
    for (let i = from; i < to; i++) {
      rows.push(`${position ?? 'null'} {${entries.json(i).toString()}`);
      if (position !== undefined) position += 1;
    }
  }
  return { total: found.total, rows: order === 'asc' ? rows : rows.toReversed() };
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

/** The states that the desk was in at some moment from `from` on. */
export function statesSince(desk: ModelDesk, from: number): DeskState[] {
  return desk.states.filter((_, i) => (desk.states[i + 1]?.since ?? Infinity) >= from);
}
