import { type LoadContext, type Step } from '../cache/resource.js';
import { type Fetcher } from './fetcher.js';
import { type Frame, type Log, usableFrames } from './log.js';
import { type TranscriptUpdate } from './merge.js';
import { isSpan, plainWindowOf, type TranscriptQuery } from './query.js';
import { slice } from './slice.js';
import { type TranscriptState, totalOf, type WindowAnswer } from './state.js';
import { storedWindowName } from './stored-transcript.js';
import { type TranscriptView, viewOfAnswer, viewOfSlice } from './view.js';
import { type Order, windowKey } from './window.js';

type TranscriptStep = Step<TranscriptUpdate, TranscriptView>;

/** What a query of a session still takes: the head, then blocks, and a window as it is where those do not fit together. */
export function nextStep(
  fetcher: Fetcher,
  sessionId: string,
  query: TranscriptQuery,
  state: TranscriptState | undefined,
  context: LoadContext,
): TranscriptStep {
  const { moment, isUsable } = context;
  const viewIn = (answer: WindowAnswer | undefined, hasPositions: boolean): TranscriptView | undefined =>
    answer !== undefined && isUsable(answer) ? viewOfAnswer(answer, query, hasPositions, moment) : undefined;

  if (state?.kind === 'contradicted' && state.until > moment.now) {
    const window = plainWindowOf(query, totalOf(state));
    const view = viewIn(state.windows.get(windowKey(window)), false);
    return view ? { view } : { fetches: [fetcher.window(sessionId, storedWindowName(state.epoch, window), window)] };
  }
  if (state?.kind !== 'log') return { fetches: [fetcher.head(sessionId)] };
  if (!isSpan(query) && !isUsable(state.head)) return { fetches: [fetcher.head(sessionId)] };

  const found = slice(state, query, isUsable);
  if (found.missing.length === 0) return { view: viewOfSlice(state, found, moment) };
  const blocks = blockFetches(fetcher, sessionId, state, found.order, found.missing);
  const untried = blocks.filter(({ name }) => !context.tried.has(name));
  if (untried.length > 0) return { fetches: untried };
  // It grew between head and block: the two cannot be joined, and asking for either again may fail the same way.
  const window = plainWindowOf(query, state.head.total);
  const view = viewIn(state.strays.get(windowKey(window)), true);
  return view ? { view } : { fetches: [fetcher.window(sessionId, `stray:${windowKey(window)}`, window)] };
}

function blockFetches(fetcher: Fetcher, sessionId: string, log: Log, order: Order, missing: readonly number[]) {
  const frame: Frame = usableFrames(log, order)[0] ?? 'start';
  return missing.map((index) => fetcher.block(sessionId, log, frame, index));
}
