import { type Credentials } from './credentials.js';
import { FaultPlan } from './fault-plan.js';
import { Records } from './records.js';
import { SeenSignatures } from './seen-signatures.js';
import { Sessions } from './sessions.js';
import { RateLimit } from './sliding-second.js';
import { Traffic } from './traffic.js';

/** All that one simulated desk knows and all that it has been told to do. */
export class Simulation {
  readonly sessions: Sessions;
  readonly records: Records;
  readonly traffic: Traffic;
  readonly faults = new FaultPlan();
  readonly rateLimit = new RateLimit();
  readonly signatures = new SeenSignatures();
  latencyMs = 0;

  constructor(
    readonly credentials: Credentials,
    readonly now: () => number,
  ) {
    this.sessions = new Sessions(now);
    this.records = new Records(this.sessions, now);
    this.traffic = new Traffic(now);
  }

  reset(): void {
    this.sessions.reset();
    this.records.reset();
    this.traffic.reset();
    this.faults.clear();
    this.rateLimit.set(null);
    this.signatures.reset();
    this.latencyMs = 0;
  }
}
