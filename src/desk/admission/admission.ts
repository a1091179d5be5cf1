import { type DeskError, DeskLimitedCallError, DeskRateLimitedError } from '../desk-error.js';
import { type CoolDown } from './cool-down.js';
import { type CredentialBackOff } from './credential-back-off.js';
import { type Quota } from './quota.js';

/** What a rate limit of the desk is about. */
export type LimitScope = 'all' | 'command';

/** Leave to send one call now; goes back with its outcome. */
export interface Permit {
  readonly coolDowns: readonly CoolDownPermit[];
}

interface CoolDownPermit {
  readonly scope: LimitScope;
  readonly coolDown: CoolDown;
  /** Names the cool-down that the call knew of, or ''. */
  readonly seen: string;
  /** The one call that goes first after a cool-down: others wait for its outcome. */
  readonly isHalfOpen: boolean;
}

export type Admittance =
  | { readonly kind: 'permit'; readonly permit: Permit }
  | { readonly kind: 'wait'; readonly scope: LimitScope; readonly ms: number }
  /** The error is made for each who is turned away: the jitter is another. */
  | { readonly kind: 'closed'; readonly scope: LimitScope; readonly error: () => DeskError };

export interface AdmissionParts {
  readonly quota: Quota;
  /** After limits that are about the application. */
  readonly coolDown: CoolDown;
  /** After limits that are about one command. */
  readonly coolDownOf: (command: string) => CoolDown;
  readonly credentials: CredentialBackOff;
  readonly random: () => number;
}

/** While another call goes first after a cool-down, its outcome is looked for this often. */
const HALF_OPEN_POLL_MS = 20;

/** What may go to the desk now, and what the answers say about the next: quota, cool-downs and refused credentials. */
export class AdmissionControl {
  /** Commands that might not go when they were last asked for. */
  private readonly closed = new Set<string>();

  constructor(private readonly parts: AdmissionParts) {}

  /** The credentials were refused and not accepted since: one call at a time is enough to find out. */
  get isDoubted(): boolean {
    return this.parts.credentials.isDoubted;
  }

  async admit(command: string): Promise<Admittance> {
    const { quota, credentials } = this.parts;
    // One trip to Redis for all of it, and the quota apart only where it would be taken for a call that may not go.
    const early = this.closed.has(command) ? undefined : quota.take();
    const [coolDowns, refusal] = await Promise.all([this.askCoolDowns(command), credentials.check()]);
    const closed = coolDowns.find(({ state }) => state.kind === 'closed');
    if (refusal === undefined && coolDowns.every(({ state }) => state.kind === 'open')) this.closed.delete(command);
    else this.closed.add(command);
    if (refusal !== undefined) return { kind: 'closed', scope: 'all', error: () => refusal };
    if (closed !== undefined) {
      const { scope, coolDown } = closed;
      return { kind: 'closed', scope, error: () => this.limitedError(coolDown.remainingMs()) };
    }
    return this.claim(coolDowns, early);
  }

  /** The desk limited this call: nobody asks until the cool-down ends. */
  async limited(permit: Permit, scope: LimitScope, code?: number): Promise<DeskRateLimitedError> {
    const limited = permit.coolDowns.find((one) => one.scope === scope);
    const remainingMs = limited === undefined ? 0 : await limited.coolDown.limited(limited.seen);
    await this.undecided(permit);
    const { retryAfterMs } = this.limitedError(remainingMs);
    return new DeskLimitedCallError('the desk limited a call', { upstreamCode: code, retryAfterMs });
  }

  /** The desk took us for who we are. */
  accepted(): void {
    this.parts.credentials.accepted();
  }

  /** Any answer that is no rate limit: whoever went first after a cool-down lets the others follow. */
  async answered({ coolDowns }: Permit): Promise<void> {
    for (const { coolDown, seen, isHalfOpen } of coolDowns) if (isHalfOpen) await coolDown.succeeded(seen);
  }

  /** The call ended without telling, or was never made: another may go first. */
  async undecided({ coolDowns }: Permit): Promise<void> {
    for (const { coolDown, isHalfOpen } of coolDowns) if (isHalfOpen) await coolDown.releaseHalfOpen();
  }

  async refused(code: number): Promise<void> {
    await this.parts.credentials.refused(code);
  }

  async lockedOut(): Promise<void> {
    await this.parts.credentials.lockedOut();
  }

  private async askCoolDowns(command: string) {
    const both = [
      { scope: 'all' as const, coolDown: this.parts.coolDown },
      { scope: 'command' as const, coolDown: this.parts.coolDownOf(command) },
    ];
    return Promise.all(both.map(async (one) => ({ ...one, state: await one.coolDown.check() })));
  }

  /** Takes the right to go first where a cool-down has just ended, and one call of the quota. */
  private async claim(
    coolDowns: Awaited<ReturnType<AdmissionControl['askCoolDowns']>>,
    early: Promise<number> | undefined,
  ): Promise<Admittance> {
    const claimed: CoolDownPermit[] = [];
    for (const { scope, coolDown, state } of coolDowns) {
      if (state.kind === 'closed') continue;
      const isHalfOpen = state.kind === 'half-open';
      if (isHalfOpen && !(await coolDown.claimHalfOpen())) {
        await this.undecided({ coolDowns: claimed });
        return { kind: 'wait', scope, ms: HALF_OPEN_POLL_MS * (1 + this.parts.random()) };
      }
      claimed.push({ scope, coolDown, seen: state.seen, isHalfOpen });
    }
    const permit = { coolDowns: claimed };
    const ms = await (early ?? this.parts.quota.take());
    if (ms === 0) return { kind: 'permit', permit };
    await this.undecided(permit);
    return { kind: 'wait', scope: 'all', ms };
  }

  /** Lengthened by up to a fifth, never shortened, so that dashboards do not come back in step. */
  private limitedError(remainingMs: number): DeskRateLimitedError {
    const retryAfterMs = remainingMs * (1 + this.parts.random() * 0.2);
    return new DeskRateLimitedError('the desk limits calls', { retryAfterMs });
  }
}
