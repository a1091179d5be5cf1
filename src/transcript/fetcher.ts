import { type Basis } from '../cache/freshness.js';
import { HEAD } from '../cache/redis-store.js';
import { type Fetch } from '../cache/resource.js';
import { type Clock } from '../clock.js';
import { type CallOptions } from '../desk/call-options.js';
import { describeChatMessages } from '../desk/commands/describe-chat-messages.js';
import { type Desk } from '../desk/desk.js';
import { blockKey, type Frame, type Log } from './log.js';
import { type TranscriptUpdate } from './merge.js';
import { blockWindow, HEAD_WINDOW } from './merge-log.js';
import { RenderedMessages } from './rendered-messages.js';
import { storedBlockName } from './stored-transcript.js';
import { type Answer, type Window } from './window.js';

/** What can be asked of the desk about a session: its head, a block of its log, or a window as it is. */
export class Fetcher {
  constructor(
    private readonly desk: Pick<Desk, 'call'>,
    private readonly now: Clock,
  ) {}

  head(sessionId: string): Fetch<TranscriptUpdate> {
    const run = async (options: CallOptions, basis: Basis) =>
      ({ kind: 'head', answer: await this.ask(sessionId, HEAD_WINDOW, options, basis) }) as const;
    return { name: HEAD, run };
  }

  block(sessionId: string, log: Log, frame: Frame, index: number): Fetch<TranscriptUpdate> {
    const window = blockWindow(log, frame, index);
    const run = async (options: CallOptions, basis: Basis) =>
      ({ kind: 'block', log, frame, index, answer: await this.ask(sessionId, window, options, basis) }) as const;
    return { name: storedBlockName(log.epoch, blockKey(log, frame, index)), run };
  }

  window(sessionId: string, name: string, window: Window): Fetch<TranscriptUpdate> {
    const run = async (options: CallOptions, basis: Basis) =>
      ({ kind: 'window', answer: await this.ask(sessionId, window, options, basis) }) as const;
    return { name, run };
  }

  private async ask(sessionId: string, window: Window, options: CallOptions, basis: Basis): Promise<Answer> {
    const { answer, askedAt } = await this.desk.call(describeChatMessages, { sessionId, ...window }, options);
    const { messages, total } = answer;
    const oldestFirst = window.order === 'asc' ? messages : messages.toReversed();
    return { window, messages: RenderedMessages.of(oldestFirst), total, askedAt, arrivedAt: this.now(), basis };
  }
}
