import { StopSignals } from './stop-signals.js';

// Before anything else is loaded: as PID 1, a signal without a listener is lost.
const signals = new StopSignals();
const { start } = await import('./start.js');
await signals.catchUp();
await start(signals);
