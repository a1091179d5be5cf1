import { type Clock, MAX_TIMER_MS } from '../../clock.js';

/**
 * Calls back at a moment, however far away; never at Infinity.
 * @returns a function that cancels it
 */
export function onceAt(at: number, now: Clock, callback: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const ms = Math.max(0, at - now());
    timer = (ms > MAX_TIMER_MS ? setTimeout(wait, MAX_TIMER_MS) : setTimeout(callback, ms)).unref();
  };
  if (at !== Infinity) wait();
  return () => {
    clearTimeout(timer);
  };
}
