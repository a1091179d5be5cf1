import { type LoadContext, type Step } from '../cache/resource.js';
import { type Fetcher } from './fetcher.js';
import { type Frame, type Log, usableFrames } from './log.js';
import { type TranscriptUpdate } from './merge.js';
import { slice } from './slice.js';
import { type TranscriptState, type WindowAnswer } from './state.js';
import { storedWindowName } from './stored-transcript.js';
import { type TranscriptView, viewOfAnswer, viewOfSlice } from './view.js';
import { type Window, windowKey } from './window.js';

type TranscriptStep = Step<TranscriptUpdate, TranscriptView>;

/** What a window of a session still takes: the head, then blocks, and the window itself where those do not fit together. */
export function nextStep(
  fetcher: Fetcher,
  sessionId: string,
  window: Window,
  state: TranscriptState | undefined,
  context: LoadContext,
): TranscriptStep {
  const { now, isUsable } = context;
  const key = windowKey(window);
  const windowStep = (answer: WindowAnswer | undefined, hasPositions: boolean, name: string): TranscriptStep =>
    answer !== undefined && isUsable(answer)
      ? { view: viewOfAnswer(answer, hasPositions, now) }
      : { fetches: [fetcher.window(sessionId, name, window)] };

  if (state?.kind === 'contradicted' && state.until > now) {
    return windowStep(state.windows.get(key), false, storedWindowName(state.epoch, window));
  }
  if (state?.kind !== 'log' || !isUsable(state.head)) return { fetches: [fetcher.head(sessionId)] };

  const found = slice(state, window, isUsable);
  if (found.missing.length === 0) return { view: viewOfSlice(state, found, now) };
  const blocks = blockFetches(fetcher, sessionId, state, window, found.missing);
  const untried = blocks.filter(({ name }) => !context.tried.has(name));
  // It grew between head and block: the two cannot be joined, and asking for either again may fail the same way.
  return untried.length > 0 ? { fetches: untried } : windowStep(state.strays.get(key), true, `stray:${key}`);
}

function blockFetches(fetcher: Fetcher, sessionId: string, log: Log, { order }: Window, missing: readonly number[]) {
  const frame: Frame = usableFrames(log, order)[0] ?? 'start';
  return missing.map((index) => fetcher.block(sessionId, log, frame, index));
}
