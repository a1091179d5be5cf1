import { type Clock } from '../src/clock.js';
import { type DeskReply } from '../src/desk/attempt.js';
import { type CallOptions } from '../src/desk/call-options.js';
import { type DeskCommand } from '../src/desk/commands/command.js';
import { type DeskMessage } from '../src/desk/commands/describe-chat-messages.js';
import { type DeskError, DeskAbandonedError, DeskNotFoundError } from '../src/desk/desk-error.js';
import { type JsonObject } from '../src/json.js';
import { type Window } from '../src/transcript/query.js';

/** The state of the model desk from some time on, until the next state. */
export interface DeskState {
  readonly since: number;
  readonly messages: readonly DeskMessage[];
  /** Added to the true total. */
  readonly totalError: number;
  /** `desc` is no mirror of `asc`: neighbours are swapped. */
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

/** The desk's answer in this state, in the order of the request. */
export function answerOf(state: DeskState, { order, offset, limit }: Window): { list: DeskMessage[]; total: number } {
  const { messages, totalError, isContradictory } = state;
  const newestFirst = messages.toReversed();
  const swapped = newestFirst.map((message, i) => newestFirst[i ^ 1] ?? message);
  const all = order === 'asc' ? messages : isContradictory ? swapped : newestFirst;
  return { list: all.slice(offset, offset + limit), total: messages.length + totalError };
}

/** A desk in this process that remembers all its states: one session's messages and every call. */
export class ModelDesk {
  readonly calls: Window[] = [];
  /** Of each call: aborted once nobody waits for it any more. */
  readonly signals: AbortSignal[] = [];
  readonly states: DeskState[] = [];
  /** Run before each of the next calls is answered. */
  readonly meanwhile: (() => void)[] = [];
  /** The error of calls while it is set. */
  failure: DeskError | undefined;
  isGone = false;
  /** What calls wait for before they are answered. */
  gate: Promise<void> = Promise.resolve();
  private queue: Promise<void> | undefined;

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
    const before = this.states.at(-1) ?? { messages: [], totalError: 0, isContradictory: false };
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

  private async turn(queue: Promise<void>, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        reject(new DeskAbandonedError('nobody waits for this call any more'));
      };
      if (signal.aborted) leave();
      signal.addEventListener('abort', leave);
      void queue.then(resolve);
    });
  }

  /** As the desk over HTTP does it: takes the body that the command sends, and reads the answer as the command does. */
  async call<Request, Answer>(
    command: DeskCommand<Request, Answer>,
    request: Request,
    { signal }: CallOptions,
  ): Promise<DeskReply<Answer>> {
    if (this.queue !== undefined) await this.turn(this.queue, signal);
    const askedAt = this.now();
    const window = windowIn(command.body(request));
    this.calls.push(window);
    this.signals.push(signal);
    this.meanwhile.shift()?.();
    const { failure, isGone } = this;
    const { list, total } = answerOf(this.state, window);
    await this.gate;
    if (isGone) throw new DeskNotFoundError('no such session', { upstreamCode: 141010 });
    if (failure !== undefined) throw failure;
    const answer = command.read({ Messages: list.map(asSent), TotalCount: total }, request);
    if (answer === undefined) throw new Error('the command does not read what the model desk says');
    return { answer, askedAt };
  }
}

function windowIn({ Limit: limit, Offset: offset, Order: order }: JsonObject): Window {
  if (typeof limit !== 'number' || typeof offset !== 'number') throw new Error('the command asks for no window');
  return { order: order === 1 ? 'asc' : 'desc', offset, limit };
}

function asSent({ fromAccount, fromAccountRole, timestamp, msgBody }: DeskMessage): JsonObject {
  return { FromAccount: fromAccount, FromAccountRole: fromAccountRole, Timestamp: timestamp, MsgBody: msgBody };
}

function edited(message: DeskMessage, text: string): DeskMessage {
  return { ...message, msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }] };
}
