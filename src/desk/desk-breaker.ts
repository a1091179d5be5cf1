import { type Clock } from '../clock.js';

const FAILURES_TO_OPEN = 10;
const OPEN_MS = 2000;

/**
 * Stops asking a desk that keeps failing, in this replica alone: ten requests in a row (after their retries) open it for
 * two seconds, then one is let through. A broken answer neither counts nor resets, so callers report three outcomes.
 */
export class DeskBreaker {
  private failures = 0;
  private openUntil = 0;
  private trialUnderWay = false;

  constructor(
    private readonly now: Clock,
    private readonly onChange: (isOpen: boolean) => void = () => undefined,
  ) {}

  /** Milliseconds until a call may be tried; 0 lets this one through, and obliges it to report its end. */
  enter(): number {
    if (this.failures < FAILURES_TO_OPEN) return 0;
    const rest = this.openUntil - this.now();
    if (rest > 0) return rest;
    if (this.trialUnderWay) return OPEN_MS / 2;
    this.trialUnderWay = true;
    return 0;
  }

  succeeded(): void {
    this.trialUnderWay = false;
    if (this.failures >= FAILURES_TO_OPEN) this.onChange(false);
    this.failures = 0;
  }

  failed(): void {
    this.trialUnderWay = false;
    this.failures += 1;
    if (this.failures < FAILURES_TO_OPEN) return;
    this.openUntil = this.now() + OPEN_MS;
    this.onChange(true);
  }

  neither(): void {
    this.trialUnderWay = false;
  }
}
