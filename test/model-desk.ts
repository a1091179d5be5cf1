import { type Clock } from '../src/clock.js';
import { type DeskReply } from '../src/desk/desk.js';
import { DeskAbandonedError, type DeskError, DeskSessionNotFoundError } from '../src/desk/desk-error.js';
import { type DeskMessage } from '../src/desk/desk-message.js';
import { type Visit } from '../src/desk/turnstile.js';
import { type Window } from '../src/transcript/window.js';

/** What the model desk held from some moment on, until the next state. */
export interface DeskState {
  readonly since: number;
  readonly messages: readonly DeskMessage[];
  /** Added to the true total. */
  readonly lie: number;
  /** `desc` is no mirror of `asc`: neighbours stand swapped. */
  readonly isContradictory: boolean;
}

export function messageOf(position: number, sentAt: number, text = `message ${position}`): DeskMessage {
  return {
    fromAccount: `sender ${position % 3}`,
    fromAccountRole: 1,
    timestamp: sentAt,
    msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
  };
}

/** What the desk in this state answers to a question, in the order of the question. */
export function answerOf(state: DeskState, { order, offset, limit }: Window): { list: DeskMessage[]; total: number } {
  const { messages, lie, isContradictory } = state;
  const newestFirst = messages.toReversed();
  const swapped = newestFirst.map((message, i) => newestFirst[i ^ 1] ?? message);
  const all = order === 'asc' ? messages : isContradictory ? swapped : newestFirst;
  return { list: all.slice(offset, offset + limit), total: messages.length + lie };
}

/** A desk in this process that remembers all it ever held: one session's messages and every call. */
export class ModelDesk {
  readonly calls: Window[] = [];
  readonly states: DeskState[] = [];
  /** Done before the calls to come are answered, one each. */
  readonly meanwhile: (() => void)[] = [];
  /** What calls end with while it is set. */
  failure: DeskError | undefined;
  isGone = false;
  /** What calls wait for before they are answered. */
  gate: Promise<void> = Promise.resolve();
  /** What calls wait for before they go out, where there is a queue: who is abandoned meanwhile leaves it. */
  queue: Promise<void> | undefined;

  constructor(
    private readonly now: Clock,
    messages: readonly DeskMessage[],
  ) {
    this.become({ messages });
  }

  get state(): DeskState {
    const state = this.states.at(-1);
    if (state === undefined) throw new Error('the desk holds something from the start');
    return state;
  }

  become(change: Partial<DeskState>): void {
    const before = this.states.at(-1) ?? { messages: [], lie: 0, isContradictory: false };
    this.states.push({ ...before, ...change, since: this.now() });
  }

  grow(count: number, sentAt = this.now()): void {
    const { messages } = this.state;
    const more = Array.from({ length: count }, (_, i) => messageOf(messages.length + i, sentAt));
    this.become({ messages: [...messages, ...more] });
  }

  edit(position: number, text: string): void {
    const { messages } = this.state;
    this.become({ messages: messages.map((message, i) => (i === position ? edited(message, text) : message)) });
  }

  shrinkTo(count: number): void {
    this.become({ messages: this.state.messages.slice(0, count) });
  }

  /** Calls from here on wait until the returned function is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  /** Calls from here on wait for their turn until the returned function is called. */
  letWait(): () => void {
    let open: () => void = () => undefined;
    this.queue = new Promise((resolve) => (open = resolve));
    return open;
  }

  async ask(question: Window, { abandoned }: Visit): Promise<DeskReply> {
    if (this.queue !== undefined) {
      const left = new Promise((resolve) => abandoned?.addEventListener('abort', resolve));
      await Promise.race([this.queue, left]);
      if (abandoned?.aborted === true) throw new DeskAbandonedError();
    }
    const askedAt = this.now();
    const { order, offset, limit } = question;
    this.calls.push({ order, offset, limit });
    this.meanwhile.shift()?.();
    const { failure, isGone } = this;
    const { list, total } = answerOf(this.state, question);
    await this.gate;
    if (isGone) throw new DeskSessionNotFoundError('no such session', { upstreamCode: 141010 });
    if (failure !== undefined) throw failure;
    return { messages: list, total, askedAt };
  }
}

function edited(message: DeskMessage, text: string): DeskMessage {
  return { ...message, msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }] };
}
