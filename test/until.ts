import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Waits for a state of the service. Fails after 10 s, so that no loop outlives its test; where that is too short, after
 * `withinMs`. The time that the checks themselves take is not counted.
 */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries * POLL_MS >= withinMs) throw new Error('it never came to that');
    await sleep(POLL_MS);
  }
}

/** Waits until something has happened, and then nothing more for a second, however long that takes on this machine. */
export async function untilQuiet(countOf: () => number): Promise<void> {
  let last = countOf();
  let since = performance.now();
  await until(() => {
    const count = countOf();
    if (count !== last) since = performance.now();
    last = count;
    return count > 0 && performance.now() - since >= 1000;
  }, 30_000);
}
