import { StopSignals } from './stop-signals.js';

// Before anything else is even loaded: as PID 1 a signal that nobody listens for is lost.
const signals = new StopSignals();
const { start } = await import('./start.js');
await signals.catchUp();
await start(signals);
