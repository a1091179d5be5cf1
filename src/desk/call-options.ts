/** Whether somebody waits for a call. One that is joined by a request becomes interactive while it still waits itself. */
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

  /** @returns takes the listener away again */
  onRaise(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

/** What a call to the desk may take, and for whom it is. */
export interface CallOptions {
  /** Wall-clock milliseconds after which nobody waits for this call any more. */
  readonly deadlineAt: number;
  /** Calls in the background go after those that somebody waits for. */
  readonly priority: CallPriority;
  /** Aborted once nobody waits any more: a call that has not gone out yet then leaves the queue. */
  readonly signal: AbortSignal;
}
