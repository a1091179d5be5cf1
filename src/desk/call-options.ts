/**
 * Whether a request waits for a call. A background call that a request joins becomes interactive while it waits for its
 * turn.
 */
export class CallPriority {
  private readonly listeners = new Set<() => void>();

  constructor(private background: boolean) {}

  get isBackground(): boolean {
    return this.background;
  }

  raise(): void {
    if (!this.background) return;
    this.background = false;
    for (const listener of this.listeners) listener();
  }

  /** @returns a function that removes the listener */
  onRaise(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** Deadline and cancellation of a call. */
export interface CallOptions {
  /** The deadline, in Unix milliseconds. */
  readonly deadlineAt: number;
  /** Aborted once no request waits for the call any more: a call that was not sent yet then leaves the queue. */
  readonly signal: AbortSignal;
  /** Resolves when a background call may be repeated. */
  readonly beforeRetry?: () => Promise<void>;
}
