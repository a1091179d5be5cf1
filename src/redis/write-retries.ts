const RETRY_MS = 500;
/** Beyond this number, writes that Redis did not accept are dropped. */
const MAX_PENDING = 10_000;

/** Repeats writes that Redis did not accept, each by its id, until it does. */
export class WriteRetries {
  private readonly pending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** `write` adds the id again if it fails again. */
  constructor(private readonly write: (id: string) => Promise<void>) {}

  add(id: string): void {
    if (this.pending.size < MAX_PENDING) this.pending.add(id);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const ids = [...this.pending];
      this.pending.clear();
      for (const one of ids) void this.write(one);
    }, RETRY_MS).unref();
  }

  close(): void {
    clearTimeout(this.timer);
  }
}
