const SECOND = 1000;

/** Counts by the monotonic clock: what a desk allows per second must not depend on a test's invented time. */
export class SlidingSecond {
  private times: number[] = [];
  private first = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How many were counted in the second that ends now. */
  count(): number {
    const start = this.now() - SECOND;
    while ((this.times[this.first] ?? Infinity) <= start) this.first += 1;
    // Shifting on every call would make a busy desk quadratic, so what has passed is dropped in bulk.
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

/** At most so many calls in any second; a refused call does not count, or a hammering client would never be let in. */
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
