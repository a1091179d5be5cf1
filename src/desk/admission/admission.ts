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

interface CoolDownPermit {
  readonly scope: LimitScope;
  readonly coolDown: CoolDown;
  /** The id of the cool-down known when the call was admitted, or ''. */
  readonly seen: string;
  /** The trial call after a cool-down: others wait for its outcome. */
  readonly isHalfOpen: boolean;
}

export type Admittance =
  | { readonly kind: 'permit'; readonly permit: Permit }
  | { readonly kind: 'wait'; readonly scope: LimitScope; readonly ms: number }
  /** Called for each rejected call, so that each gets its own jitter. */
  | { readonly kind: 'closed'; readonly scope: LimitScope; readonly error: () => DeskError };

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
  /** Commands that were not admitted the last time. */
  private readonly closed = new Set<string>();

  constructor(private readonly parts: AdmissionParts) {}

  /** The credentials were refused and not accepted since: only one call at a time is sent. */
  get isSuspect(): boolean {
    return this.parts.credentials.isSuspect;
  }

  async admit(command: string): Promise<Admittance> {
    const { quota, credentials } = this.parts;
    // One round trip to Redis for all three. Where the call will probably be rejected, the quota is taken only after
    // the other checks.
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

  private async askCoolDowns(command: string) {
    const both = [
      { scope: 'all' as const, coolDown: this.parts.coolDown },
      { scope: 'command' as const, coolDown: this.parts.coolDownOf(command) },
    ];
    return Promise.all(both.map(async (one) => ({ ...one, state: await one.coolDown.check() })));
  }

  /** Claims the trial call where a cool-down has just ended, and takes one call from the quota. */
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

  /** Up to a fifth longer, never shorter, so that clients do not retry at the same moment. */
  private limitedError(remainingMs: number): DeskRateLimitedError {
    const retryAfterMs = remainingMs * (1 + this.parts.random() * 0.2);
    return new DeskRateLimitedError('the desk limits calls', { retryAfterMs });
  }
}
