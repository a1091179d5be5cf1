import { type Datable, type Known, withWindow } from './known.js';
import { blockKey, type Frame, withBlock } from './log.js';
import { type Window, windowKey } from './window.js';

/** One thing of a session that is asked for by itself: its name among flights, and where it is in what is known. */
export interface Part {
  readonly name: string;
  /** Of a session that contradicts itself, or that grew too fast for blocks. */
  readonly isWindow: boolean;
  readonly get: (known: Known) => Datable | undefined;
  /** The same, taken in at another moment than it was read. */
  readonly arrivedAt: (known: Known, now: number) => Known;
}

/** The newest messages and the total; or the news that there is no such session. */
export const headPart: Part = {
  name: 'head',
  isWindow: false,
  get: (known) => (known.kind === 'log' ? known.head : known.kind === 'gone' ? known : undefined),
  arrivedAt: (known, arrivedAt) => {
    if (known.kind === 'log') return { ...known, head: { ...known.head, arrivedAt } };
    return known.kind === 'gone' ? { ...known, arrivedAt } : known;
  },
};

export function blockPart(frame: Frame, index: number): Part {
  return {
    name: `${frame}${index}`,
    isWindow: false,
    get: (known) => (known.kind === 'log' ? known.blocks.get(blockKey(known, frame, index)) : undefined),
    arrivedAt: (known, arrivedAt) => {
      if (known.kind !== 'log') return known;
      const key = blockKey(known, frame, index);
      const block = known.blocks.get(key);
      return block === undefined ? known : withBlock(known, key, { ...block, arrivedAt });
    },
  };
}

export function windowPart(window: Window): Part {
  const key = windowKey(window);
  return {
    name: `window:${key}`,
    isWindow: true,
    get: (known) => (known.kind === 'contradicted' ? known.windows.get(key) : undefined),
    arrivedAt: (known, arrivedAt) => {
      const answer = known.kind === 'contradicted' ? known.windows.get(key) : undefined;
      return known.kind === 'contradicted' && answer !== undefined
        ? withWindow(known, { ...answer, arrivedAt })
        : known;
    },
  };
}
