import { type CoolDown } from './cool-down.js';
import { type DeskError, DeskRateLimitedError } from './desk-error.js';
import { type Probe } from './probe.js';
import { type Quota } from './quota.js';
import { type RefusalPause } from './refusal-pause.js';

/** Leave to send one call now. */
export interface Pass {
  /** Names the cool-down the call knew of; goes back with its outcome. */
  readonly seen: string;
  /** The one call that goes first after a cool-down: others wait for its verdict. */
  readonly isProbe: boolean;
}

export type Admittance =
  | { readonly kind: 'pass'; readonly pass: Pass }
  | { readonly kind: 'wait'; readonly ms: number }
  /** The error is made for each who is turned away: the jitter is another. */
  | { readonly kind: 'shut'; readonly error: () => DeskError };

export interface GateParts {
  readonly quota: Quota;
  readonly coolDown: CoolDown;
  readonly refusals: RefusalPause;
  readonly probe: Probe;
  readonly random: () => number;
}

/** While another call goes first after a cool-down, its verdict is looked for this often. */
const PROBE_POLL_MS = 20;

/** What may go to the desk now, and what the answers say about the next: quota, cool-down and refusals together. */
export class Gate {
  /** As far as the last call knew. */
  private isOpen = true;

  constructor(private readonly parts: GateParts) {}

  /** The credentials were refused and not accepted since: one call at a time is enough to find out. */
  get isDoubted(): boolean {
    return this.parts.refusals.isDoubted;
  }

  async admit(): Promise<Admittance> {
    const { coolDown, refusals, probe, quota } = this.parts;
    // One trip to Redis for all three, and the quota apart only where it would be taken for a call that may not go.
    const early = this.isOpen ? quota.take() : undefined;
    const [admission, refusal] = await Promise.all([coolDown.admit(), refusals.check()]);
    this.isOpen = refusal === undefined && admission.kind === 'open';
    if (refusal !== undefined) return { kind: 'shut', error: () => refusal };
    if (admission.kind === 'closed') {
      const { restMs } = admission;
      return { kind: 'shut', error: () => this.limitedError(restMs) };
    }
    const isProbe = admission.kind === 'ended';
    if (isProbe && !(await probe.claim())) return { kind: 'wait', ms: PROBE_POLL_MS * (1 + this.parts.random()) };
    const ms = await (early ?? quota.take());
    if (ms === 0) return { kind: 'pass', pass: { seen: admission.seen, isProbe } };
    if (isProbe) await probe.release();
    return { kind: 'wait', ms };
  }

  /** The desk limited this call: nobody asks until the cool-down ends. */
  async limited(pass: Pass, code?: number): Promise<DeskRateLimitedError> {
    const restMs = await this.parts.coolDown.limited(pass.seen);
    await this.undecided(pass);
    return this.limitedError(restMs, code);
  }

  /** The desk took us for who we are. */
  accepted(): void {
    this.parts.refusals.accepted();
  }

  /** Any answer that is no rate limit: whoever went first after a cool-down lets the others follow. */
  async answered(pass: Pass): Promise<void> {
    if (!pass.isProbe) return;
    await this.parts.coolDown.succeeded(pass.seen);
    await this.parts.probe.release();
  }

  /** The call ended without a verdict, or was never made: another may go first. */
  async undecided(pass: Pass): Promise<void> {
    if (pass.isProbe) await this.parts.probe.release();
  }

  async refused(code: number): Promise<void> {
    await this.parts.refusals.refused(code);
  }

  async lockedOut(): Promise<void> {
    await this.parts.refusals.lockedOut();
  }

  /** Lengthened by up to a fifth, never shortened, so that dashboards do not come back in step. */
  private limitedError(restMs: number, upstreamCode?: number): DeskRateLimitedError {
    const retryAfterMs = restMs * (1 + this.parts.random() * 0.2);
    return new DeskRateLimitedError('the desk limits calls', { upstreamCode, retryAfterMs });
  }
}
