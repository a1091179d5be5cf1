import { setImmediate as nextTurn } from 'node:timers/promises';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The first signal stops the service. Later ones change nothing, so that open requests are still answered. */
export class StopSignals {
  private isStopping = false;
  /** Until the service listens there are no requests to wait for. */
  private stop: (signal: NodeJS.Signals) => void = () => process.exit(0);

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  /** Receives a signal that came while the start blocked the event loop, which may take a second. */
  async catchUp(): Promise<void> {
    // The event loop checks for signals before the second turn, not always before the first.
    await nextTurn();
    await nextTurn();
  }

  stopBy(stop: (signal: NodeJS.Signals) => void): void {
    this.stop = stop;
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.isStopping) return;
    this.isStopping = true;
    this.stop(signal);
  };
}
