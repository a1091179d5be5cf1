import { type Clock } from '../../clock.js';

const FAILURES_TO_OPEN = 10;
const OPEN_MS = 2000;

/** `isHalfOpen`: the one trial request after the open time. Reported back with the outcome. */
export type Entrance =
  { readonly kind: 'open'; readonly remainingMs: number } | { readonly kind: 'enter'; readonly isHalfOpen: boolean };

/**
 * The circuit breaker of this replica: ten failed requests in a row (after their retries) open it for two seconds, then
 * one request is let through. A malformed answer neither counts nor resets, so callers report three outcomes.
 */
export class CircuitBreaker {
  private failures = 0;
  private openUntil = 0;
  private halfOpenUnderWay = false;

  constructor(
    private readonly now: Clock,
    private readonly onChange: (isOpen: boolean) => void = () => undefined,
  ) {}

  /** Each admission must be reported back as succeeded, failed or neither. */
  enter(): Entrance {
    if (!this.isOpen) return { kind: 'enter', isHalfOpen: false };
    const remainingMs = this.halfOpenUnderWay ? OPEN_MS / 2 : this.openUntil - this.now();
    if (remainingMs > 0) return { kind: 'open', remainingMs };
    this.halfOpenUnderWay = true;
    return { kind: 'enter', isHalfOpen: true };
  }

  succeeded(isHalfOpen: boolean): void {
    this.endHalfOpen(isHalfOpen);
    if (this.isOpen) this.onChange(false);
    this.failures = 0;
  }

  failed(isHalfOpen: boolean): void {
    this.endHalfOpen(isHalfOpen);
    // Requests that were in flight when it opened say nothing new.
    if (this.isOpen && !isHalfOpen) return;
    this.failures += 1;
    if (!this.isOpen) return;
    this.openUntil = this.now() + OPEN_MS;
    this.onChange(true);
  }

  inconclusive(isHalfOpen: boolean): void {
    this.endHalfOpen(isHalfOpen);
  }

  private get isOpen(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }

  private endHalfOpen(isHalfOpen: boolean): void {
    if (isHalfOpen) this.halfOpenUnderWay = false;
  }
}
