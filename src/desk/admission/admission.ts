import { type DeskError, DeskLimitedCallError, DeskRateLimitedError } from '../desk-error.js';
import { type CoolDown } from './cool-down.js';
import { type CredentialBackOff } from './credential-back-off.js';
import { type Quota } from './quota.js';

/** What a rate limit of the desk applies to. */
export type LimitScope = 'all' | 'command';

/** Permission to send one call now. The caller must report the outcome of the call with it. */
export interface Permit {
  readonly coolDowns: readonly CoolDownPermit[];
}

interface ScopedCoolDown {
  readonly scope: LimitScope;
  readonly coolDown: CoolDown;
}

interface CoolDownPermit extends ScopedCoolDown {
  /** The id of the cool-down known when the call was admitted, or ''. */
  readonly seen: string;
  /** The trial call after a cool-down: others wait for its outcome. */
  readonly isHalfOpen: boolean;
}

export type Admittance =
  | { readonly kind: 'permit'; readonly permit: Permit }
  | { readonly kind: 'wait'; readonly scope: LimitScope; readonly ms: number }
  /** `error` is called for each refused call, so that each gets its own jitter. */
  | { readonly kind: 'refused'; readonly scope: LimitScope; readonly error: () => DeskError };

export interface AdmissionParts {
  readonly quota: Quota;
  /** For limits of the whole application. */
  readonly coolDown: CoolDown;
  /** For limits of one command. */
  readonly coolDownOf: (command: string) => CoolDown;
  readonly credentials: CredentialBackOff;
  readonly random: () => number;
}

/** How often a waiting call checks whether another call's trial has ended. */
const HALF_OPEN_POLL_MS = 20;

/**
 * Decides which calls may be sent now, by quota, cool-downs and credential back-off, and updates these from the
 * outcomes.
 */
export class AdmissionControl {
  constructor(private readonly parts: AdmissionParts) {}

  /** The credentials were refused and not accepted since: only one call at a time is sent. */
  get isSuspect(): boolean {
    return this.parts.credentials.isSuspect;
  }

  /** One round trip to Redis if no cool-down is kept; none while this replica knows that one is active. */
  async admit(command: string): Promise<Admittance> {
    const { quota, credentials, coolDown, coolDownOf } = this.parts;
    const coolDowns: readonly ScopedCoolDown[] = [
      { scope: 'all', coolDown },
      { scope: 'command', coolDown: coolDownOf(command) },
    ];
    const known = this.refusedBy(coolDowns);
    if (known !== undefined) return known;
    const texts = [...coolDowns.map((one) => one.coolDown.shared), credentials.shared];
    const waitMs = await quota.takeUnless(texts);
    return this.refusedBy(coolDowns) ?? this.claim(coolDowns, waitMs);
  }

  /** The desk limited this call: starts a cool-down. */
  async limited(permit: Permit, scope: LimitScope, code?: number): Promise<DeskRateLimitedError> {
    const limited = permit.coolDowns.find((one) => one.scope === scope);
    const remainingMs = limited === undefined ? 0 : await limited.coolDown.limited(limited.seen);
    await this.undecided(permit);
    const { retryAfterMs } = this.limitedError(remainingMs);
    return new DeskLimitedCallError('the desk limited a call', { upstreamCode: code, retryAfterMs });
  }

  /** The desk accepted the credentials. */
  accepted(): void {
    this.parts.credentials.accepted();
  }

  /** Any answer other than a rate limit: a successful trial lets the other calls go. */
  async answered({ coolDowns }: Permit): Promise<void> {
    for (const { coolDown, seen, isHalfOpen } of coolDowns) if (isHalfOpen) await coolDown.succeeded(seen);
  }

  /** The call ended without an answer, or was never sent: another call may be the trial. */
  async undecided({ coolDowns }: Permit): Promise<void> {
    for (const { coolDown, isHalfOpen } of coolDowns) if (isHalfOpen) await coolDown.releaseHalfOpen();
  }

  async refused(code: number): Promise<void> {
    await this.parts.credentials.refused(code);
  }

  async lockedOut(): Promise<void> {
    await this.parts.credentials.lockedOut();
  }

  private refusedBy(coolDowns: readonly ScopedCoolDown[]): Admittance | undefined {
    const refusal = this.parts.credentials.refusal();
    if (refusal !== undefined) return { kind: 'refused', scope: 'all', error: () => refusal };
    const active = coolDowns.find(({ coolDown }) => coolDown.state.kind === 'active');
    if (active === undefined) return undefined;
    const { scope, coolDown } = active;
    return { kind: 'refused', scope, error: () => this.limitedError(coolDown.remainingMs()) };
  }

  /** Claims the trial call where a cool-down has just ended, and takes one call from the quota if none was taken yet. */
  private async claim(coolDowns: readonly ScopedCoolDown[], takenMs: number | undefined): Promise<Admittance> {
    const claimed: CoolDownPermit[] = [];
    for (const { scope, coolDown } of coolDowns) {
      const { state } = coolDown;
      if (state.kind === 'active') {
        // It began while the claim of the other one was awaited.
        await this.undecided({ coolDowns: claimed });
        return { kind: 'wait', scope, ms: HALF_OPEN_POLL_MS };
      }
      const isHalfOpen = state.kind === 'half-open';
      if (isHalfOpen && !(await coolDown.claimHalfOpen())) {
        await this.undecided({ coolDowns: claimed });
        return { kind: 'wait', scope, ms: HALF_OPEN_POLL_MS * (1 + this.parts.random()) };
      }
      claimed.push({ scope, coolDown, seen: state.seen, isHalfOpen });
    }
    const permit = { coolDowns: claimed };
    const ms = takenMs ?? (await this.parts.quota.take());
    if (ms === 0) return { kind: 'permit', permit };
    await this.undecided(permit);
    return { kind: 'wait', scope: 'all', ms };
  }

  /** Up to a fifth longer, never shorter, so that clients do not retry at the same moment. */
  private limitedError(remainingMs: number): DeskRateLimitedError {
    const retryAfterMs = remainingMs * (1 + this.parts.random() * 0.2);
    return new DeskRateLimitedError('the desk limits calls', { retryAfterMs });
  }
}
