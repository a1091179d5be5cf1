import { type Clock } from '../../clock.js';

/** Node fires a timer of more than 2^31 - 1 ms (24.8 days) at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls back at a moment, however far away; never at Infinity.
 * @returns a function that cancels it
 */
export function onceAt(at: number, now: Clock, callback: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const ms = Math.max(0, at - now());
    timer = (ms > LONGEST_MS ? setTimeout(wait, LONGEST_MS) : setTimeout(callback, ms)).unref();
  };
  if (at !== Infinity) wait();
  return () => {
    clearTimeout(timer);
  };
}
