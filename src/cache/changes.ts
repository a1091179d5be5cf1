/** Who wants to know when something is said to have changed; one of these for each cache. */
export class Changes {
  private readonly listeners = new Map<string, Set<() => void>>();

  /** Until the returned function is called. */
  subscribe(id: string, listener: () => void): () => void {
    const ofId = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, ofId.add(listener));
    return () => {
      ofId.delete(listener);
      if (ofId.size === 0 && this.listeners.get(id) === ofId) this.listeners.delete(id);
    };
  }

  notify(id: string): void {
    for (const listener of [...(this.listeners.get(id) ?? [])]) listener();
  }
}
