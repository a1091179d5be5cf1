import { type Fetch, type LoadContext, type Step } from '../cache/resource.js';
import { type Basis } from '../cache/freshness.js';
import { HEAD } from '../cache/redis-store.js';
import { type Clock } from '../clock.js';
import { type CallOptions } from '../desk/call-options.js';
import { describeChatMessages } from '../desk/commands/describe-chat-messages.js';
import { type Desk } from '../desk/desk.js';
import { blockKey, type Frame, type Log, usableFrames } from './log.js';
import { type TranscriptUpdate } from './merge.js';
import {
  type FetchedWindow,
  isSpan,
  NEWEST_WINDOW,
  type Order,
  plainWindowOf,
  type TranscriptQuery,
  type Window,
  windowKey,
} from './query.js';
import { totalOf, type TranscriptState } from './state.js';
import { storedBlockName, storedWindowName } from './stored-transcript.js';
import { slice, type TranscriptView, viewOfAnswer, viewOfContradicted, viewOfSlice } from './view.js';
import { blockWindow } from './merge-log.js';
import { RenderedMessages } from './rendered-messages.js';

type TranscriptStep = Step<TranscriptUpdate, TranscriptView>;

/**
 * The calls that a query of a session still needs: the head, then blocks, or the plain window if those cannot be
 * joined.
 */
export function nextStep(
  fetcher: Fetcher,
  sessionId: string,
  query: TranscriptQuery,
  state: TranscriptState | undefined,
  context: LoadContext,
): TranscriptStep {
  const { moment, isUsable } = context;
  if (state?.kind === 'contradicted' && state.until > moment.now) {
    const view = viewOfContradicted(state, query, moment, isUsable);
    if (view !== undefined) return { view };
    const window = plainWindowOf(query, totalOf(state));
    return { fetches: [fetcher.window(sessionId, storedWindowName(state.epoch, window), window)] };
  }
  if (state?.kind !== 'log') return { fetches: [fetcher.head(sessionId)] };
  if (!isSpan(query) && !isUsable(state.head)) return { fetches: [fetcher.head(sessionId)] };

  const found = slice(state, query, isUsable);
  if (found.missing.length === 0) return { view: viewOfSlice(state, found, moment) };
  const blocks = blockFetches(fetcher, sessionId, state, found.order, found.missing);
  const untried = blocks.filter(({ name }) => !context.tried.has(name));
  if (untried.length > 0) return { fetches: untried };
  // The session grew between head and block, so the two cannot be joined. Fetching them again may fail in the same way.
  const window = plainWindowOf(query, state.head.total);
  const answer = state.unmerged.get(windowKey(window));
  if (answer !== undefined && isUsable(answer)) return { view: viewOfAnswer(answer, query, state, moment) };
  return { fetches: [fetcher.window(sessionId, `stray:${windowKey(window)}`, window)] };
}

function blockFetches(fetcher: Fetcher, sessionId: string, log: Log, order: Order, missing: readonly number[]) {
  const frame: Frame = usableFrames(log, order)[0] ?? 'start';
  return missing.map((index) => fetcher.block(sessionId, log, frame, index));
}

/** What can be fetched of a session: its head, a block of its log, or a plain window. */
export class Fetcher {
  constructor(
    private readonly desk: Pick<Desk, 'call'>,
    private readonly now: Clock,
  ) {}

  head(sessionId: string): Fetch<TranscriptUpdate> {
    const run = async (options: CallOptions, basis: Basis) =>
      ({ kind: 'head', answer: await this.ask(sessionId, NEWEST_WINDOW, options, basis) }) as const;
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

  private async ask(sessionId: string, window: Window, options: CallOptions, basis: Basis): Promise<FetchedWindow> {
    const { answer, askedAt } = await this.desk.call(describeChatMessages, { sessionId, ...window }, options);
    const { messages, total } = answer;
    const oldestFirst = window.order === 'asc' ? messages : messages.toReversed();
    return { window, messages: RenderedMessages.of(oldestFirst), total, askedAt, arrivedAt: this.now(), basis };
  }
}
