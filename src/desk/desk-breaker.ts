import { type Clock } from '../clock.js';

const FAILURES_TO_OPEN = 10;
const OPEN_MS = 2000;

/** `isTrial`: the one call that is let through once the time is up; goes back with its outcome. */
export type Entrance =
  { readonly kind: 'open'; readonly restMs: number } | { readonly kind: 'enter'; readonly isTrial: boolean };

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

  /** Whoever enters is obliged to report how it ended. */
  enter(): Entrance {
    if (!this.isOpen) return { kind: 'enter', isTrial: false };
    const restMs = this.trialUnderWay ? OPEN_MS / 2 : this.openUntil - this.now();
    if (restMs > 0) return { kind: 'open', restMs };
    this.trialUnderWay = true;
    return { kind: 'enter', isTrial: true };
  }

  succeeded(isTrial: boolean): void {
    this.endTrial(isTrial);
    if (this.isOpen) this.onChange(false);
    this.failures = 0;
  }

  failed(isTrial: boolean): void {
    this.endTrial(isTrial);
    // Requests that were under way when it opened say nothing new.
    if (this.isOpen && !isTrial) return;
    this.failures += 1;
    if (!this.isOpen) return;
    this.openUntil = this.now() + OPEN_MS;
    this.onChange(true);
  }

  neither(isTrial: boolean): void {
    this.endTrial(isTrial);
  }

  private get isOpen(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }

  private endTrial(isTrial: boolean): void {
    if (isTrial) this.trialUnderWay = false;
  }
}
