/** Who still waits for a flight. `lost` aborts once the last of them has left. */
export class Interest {
  private readonly controller = new AbortController();
  private count = 0;

  get lost(): AbortSignal {
    return this.controller.signal;
  }

  /** `reader` aborts when it leaves; without one it never does, as a refresh in the background. */
  add(reader: AbortSignal | undefined): void {
    this.count += 1;
    reader?.addEventListener(
      'abort',
      () => {
        this.count -= 1;
        if (this.count === 0) this.controller.abort(reader.reason);
      },
      { once: true },
    );
  }
}
