import { type Clock } from '../../clock.js';

/** At most `most` calls in any window, wherever it starts, counted in this process alone. */
export class SlidingWindow {
  private readonly times: number[] = [];

  constructor(
    private readonly most: number,
    private readonly windowMs: number,
    private readonly now: Clock,
  ) {}

  /** @returns 0 if the call was counted, else the milliseconds until there is room */
  take(): number {
    const oldest = this.times.length < this.most ? undefined : this.times[0];
    const remainingMs = oldest === undefined ? 0 : oldest + this.windowMs - this.now();
    if (remainingMs > 0) return Math.ceil(remainingMs);
    this.note();
    return 0;
  }

  /** Counts a call that was allowed elsewhere. */
  note(): void {
    this.times.push(this.now());
    if (this.times.length > this.most) this.times.shift();
  }
}
