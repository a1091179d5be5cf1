import { ProblemError } from '../problem/problem.js';

/** In each replica (docs/configuration.md, "Fixed limits"); half of them for one caller. */
const MAX_FILES = 20;
const MAX_FILES_PER_CALLER = MAX_FILES / 2;
const RETRY_AFTER_MS = 5000;

/** How many files are being sent, and for which callers. */
export class FileSlots {
  private readonly ofCallers = new Map<string, number>();
  private total = 0;

  /**
   * @returns a function that releases the slot; to be called once
   * @throws ProblemError `unavailable`
   */
  take(caller: string): () => void {
    const own = this.ofCallers.get(caller) ?? 0;
    if (this.total >= MAX_FILES || own >= MAX_FILES_PER_CALLER) {
      const whose = own >= MAX_FILES_PER_CALLER ? 'of this caller ' : '';
      throw new ProblemError('unavailable', {
        detail: `Too many files ${whose}are under way.`,
        retryAfterMs: RETRY_AFTER_MS,
      });
    }
    this.total += 1;
    this.ofCallers.set(caller, own + 1);
    return () => {
      this.giveBack(caller);
    };
  }

  private giveBack(caller: string): void {
    const left = (this.ofCallers.get(caller) ?? 0) - 1;
    this.total -= 1;
    if (left > 0) this.ofCallers.set(caller, left);
    else this.ofCallers.delete(caller);
  }
}
