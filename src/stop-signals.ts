import { setImmediate as nextTurn } from 'node:timers/promises';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The first signal stops the service. Those after it change nothing, so that whoever is being answered is answered. */
export class StopSignals {
  private isStopping = false;
  /** Until the service listens there is nobody to wait for. */
  private stop: (signal: NodeJS.Signals) => void = () => process.exit(0);

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  /** Loading and building may take a second without a turn of the event loop: here a signal that came meanwhile is heard. */
  async catchUp(): Promise<void> {
    // The loop looks for signals before the second one, not always before the first.
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
