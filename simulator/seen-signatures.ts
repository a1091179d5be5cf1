/**
 * Lets a test invalidate every UserSig used so far, as a desk does when a key is revoked: only a new one is accepted.
 */
export class SeenSignatures {
  private readonly seen = new Set<string>();
  private readonly refused = new Map<string, number>();

  /** The ErrorCode with which this signature is refused, or 0. */
  check(hash: string | null): number {
    if (hash === null) return 0;
    this.seen.add(hash);
    return this.refused.get(hash) ?? 0;
  }

  refuse(code: number): void {
    for (const hash of this.seen) this.refused.set(hash, code);
  }

  reset(): void {
    this.seen.clear();
    this.refused.clear();
  }
}
