import { type Credentials } from './credentials.js';
import { isObject } from './json-object.js';
import { FaultPlan } from './fault-plan.js';
import { Records } from './records.js';
import { SeenSignatures } from './seen-signatures.js';
import { Sessions } from './sessions.js';
import { RateLimit } from './sliding-second.js';
import { Traffic } from './traffic.js';
import { Webhooks, type WebhookTarget } from './webhooks.js';

/** The whole state and configuration of one simulated desk. */
export class Simulation {
  readonly sessions: Sessions;
  readonly records: Records;
  readonly traffic: Traffic;
  readonly faults = new FaultPlan();
  readonly rateLimit = new RateLimit();
  readonly signatures = new SeenSignatures();
  readonly webhooks: Webhooks;
  latencyMs = 0;

  constructor(
    readonly credentials: Credentials,
    readonly now: () => number,
    target?: WebhookTarget,
  ) {
    this.webhooks = new Webhooks(credentials.sdkAppId, now, target);
    this.sessions = new Sessions(now);
    this.records = new Records(this.sessions, now);
    this.traffic = new Traffic(now);
  }

  /** The time up to which records show growth: they may lag behind webhooks. */
  recordsNow(): number {
    return this.now() - this.webhooks.faults.recordsLagMs;
  }

  /** Sends a webhook at once; the records may follow later. */
  append(id: string, messages: readonly unknown[]): void {
    const record = () => {
      this.sessions.append(id, messages);
    };
    const { recordsLagMs } = this.webhooks.faults;
    if (recordsLagMs === 0) record();
    else this.webhooks.later(record, recordsLagMs);
    const newest = messages.at(-1);
    this.webhooks.notify(id, isObject(newest) ? newest['MsgBody'] : []);
  }

  reset(): void {
    this.webhooks.reset();
    this.sessions.reset();
    this.records.reset();
    this.traffic.reset();
    this.faults.clear();
    this.rateLimit.set(null);
    this.signatures.reset();
    this.latencyMs = 0;
  }
}
