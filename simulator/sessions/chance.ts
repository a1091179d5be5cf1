/** Pseudo-random numbers, the same for the same seed on every machine. */
export class Chance {
  private state = 0x811c9dc5;

  constructor(seed: string) {
    // FNV-1a spreads even seeds as similar as load-1 and load-2.
    for (const character of seed) this.state = Math.imul(this.state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }

  /** From 0 up to, but without, 1 (mulberry32). */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  between(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  one<T>(of: readonly [T, ...T[]]): T {
    return of[this.between(0, of.length - 1)] ?? of[0];
  }
}
