import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a state of the service. Fails after 10 s, so that no loop outlives its test. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries === 500) throw new Error('it never came to that');
    await sleep(20);
  }
}
