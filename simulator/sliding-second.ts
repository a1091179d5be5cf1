const SECOND = 1000;

/** Counts by the monotonic clock: the desk's limit per second must not depend on a test's simulated time. */
export class SlidingSecond {
  private times: number[] = [];
  private first = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How many were counted in the second that ends now. */
  count(): number {
    const start = this.now() - SECOND;
    while ((this.times[this.first] ?? Infinity) <= start) this.first += 1;
    // Shifting on every call would be quadratic for a busy desk, so old entries are dropped in bulk.
    if (this.first > 10_000) {
      this.times = this.times.slice(this.first);
      this.first = 0;
    }
    return this.times.length - this.first;
  }

  /** Counts one more and returns the new count. */
  add(): number {
    this.times.push(this.now());
    return this.count();
  }
}

/**
 * At most this many calls in any second; a refused call does not count, or a client that retries at once would never be
 * admitted.
 */
export class RateLimit {
  private admitted = new SlidingSecond();
  rps: number | null = null;

  admit(): boolean {
    if (this.rps === null) return true;
    if (this.admitted.count() >= this.rps) return false;
    this.admitted.add();
    return true;
  }

  set(rps: number | null): void {
    this.rps = rps;
    this.admitted = new SlidingSecond();
  }
}
