import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock } from '../clock.js';
import {
  DeskAbandonedError,
  DeskError,
  deskErrorOf,
  DeskTimeoutError,
  DeskUnavailableError,
  isDeskErrorCode,
} from '../desk/desk-error.js';
import { isJsonObject } from '../desk/desk-message.js';
import { type Visit } from '../desk/turnstile.js';
import { type Claim, type Findings, type TranscriptStore } from '../store/transcript-store.js';
import { Interest } from './interest.js';
import { type Session } from './session.js';

export interface FlightPlan {
  /** What is asked for; one flight of a name at a time in a session, over all replicas. */
  readonly name: string;
  readonly visit: Visit;
  /** Aborts when who asks for this has left; without one it is wanted whoever leaves. */
  readonly reader: AbortSignal | undefined;
  /** A held page can be served instead, so give way to a refresh that failed a moment ago. */
  readonly yieldsToFailure: boolean;
  /** Asks the desk, and puts what it learned into `session.known`. */
  readonly ask: (visit: Visit) => Promise<Omit<Findings, 'version'>>;
  /** Whether others may have left in Redis, at this version, what is asked for. */
  readonly mayBeThere: (version: string) => boolean;
  /** Reads from Redis what the flight of another replica brought; false where there is nothing. */
  readonly collect: (waited: boolean) => Promise<boolean>;
  /** How long others leave the session alone after this error. */
  readonly pauseAfter: (error: DeskError) => number;
}

/** `flew`: this call asked the desk · `joined`: it waited for someone who did. */
export type Flown = 'flew' | 'joined';

const POLL_MS = 20;
const OK = 'ok';

/** This flight did not take off, since another replica's failed a moment ago. Only who has a page at hand gives way. */
class GaveWayError extends DeskUnavailableError {}

/**
 * Single flight: whoever needs the same thing at the same time gets it from one call, its failure included. Who has left
 * waits no more: once all have, the call is not made, unless it is under way.
 */
export class Flights {
  constructor(
    private readonly store: TranscriptStore,
    private readonly now: Clock,
    private readonly random: () => number,
  ) {}

  /** @throws DeskError */
  async fly(session: Session, plan: FlightPlan): Promise<Flown> {
    if (plan.reader?.aborted === true) throw new DeskAbandonedError();
    const underWay = session.flights.get(plan.name);
    if (underWay !== undefined) {
      underWay.interest.add(plan.reader);
      try {
        await this.join(underWay.end, plan.visit.deadlineAt);
        return 'joined';
      } catch (error) {
        // It was given up in the moment in which this one came, or gave way where this one does not.
        const isAnothers =
          error instanceof DeskAbandonedError || (error instanceof GaveWayError && !plan.yieldsToFailure);
        if (isAnothers) return this.fly(session, plan);
        throw error;
      }
    }
    let flown: Flown = 'joined';
    const interest = new Interest();
    interest.add(plan.reader);
    const visit = { ...plan.visit, abandoned: interest.lost };
    const end = this.overReplicas(session, { ...plan, visit })
      .then((result) => {
        flown = result;
      })
      .finally(() => session.flights.delete(plan.name));
    session.flights.set(plan.name, { end, interest });
    await end;
    return flown;
  }

  /** What was joined late may outlast this request's own deadline. */
  private async join(underWay: Promise<void>, deadlineAt: number): Promise<void> {
    let deadline: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      deadline = setTimeout(() => {
        reject(new DeskTimeoutError('the call that was joined took too long'));
      }, deadlineAt - this.now());
    });
    try {
      await Promise.race([underWay, late]);
    } finally {
      clearTimeout(deadline);
    }
  }

  private async overReplicas(session: Session, plan: FlightPlan): Promise<Flown> {
    const claim = this.store.claim(session.id, plan.name);
    for (;;) {
      const lock = await this.store.acquire(claim, plan.yieldsToFailure);
      switch (lock.kind) {
        case 'failed':
          throw new GaveWayError('a refresh failed a moment ago', { retryAfterMs: lock.restMs });
        case 'theirs':
          if (await this.waitFor(session, plan, claim, lock.token)) return 'joined';
          break;
        case 'away':
          await this.askDesk(session, plan, claim);
          return 'flew';
        case 'ours':
          if (plan.mayBeThere(lock.version) && (await plan.collect(false))) {
            void this.store.settle(claim, OK);
            return 'joined';
          }
          await this.askDesk(session, plan, claim);
          return 'flew';
      }
    }
  }

  private async askDesk(session: Session, plan: FlightPlan, claim: Claim): Promise<void> {
    const letGo = this.store.hold(claim);
    try {
      const findings = await plan.ask(plan.visit);
      this.settle(session, claim, OK, findings);
    } catch (error) {
      if (error instanceof DeskAbandonedError) void this.store.release(claim);
      else if (error instanceof DeskError) this.settleFailure(session, plan, claim, error);
      throw error;
    } finally {
      letGo();
    }
  }

  /** In the background: the answer does not wait for Redis. */
  private settle(session: Session, claim: Claim, outcome: string, findings: Omit<Findings, 'version'>): void {
    const version = this.store.newToken();
    session.settling += 1;
    void this.store
      .settle(claim, outcome, { ...findings, version })
      .then((replaced) => {
        // Where it replaced a version not seen here, someone learned something meanwhile that is still to be read.
        if (replaced !== session.version) return;
        session.version = version;
        session.checkedAt = this.now();
      })
      .finally(() => (session.settling -= 1));
  }

  private settleFailure(session: Session, plan: FlightPlan, claim: Claim, error: DeskError): void {
    if (error.code === 'session-not-found' && session.known?.kind === 'gone') {
      this.settle(session, claim, outcomeOf(error), { known: session.known });
      return;
    }
    void this.store.settleFailure(claim, outcomeOf(error), plan.pauseAfter(error));
  }

  /** True once the other replica's flight brought what we need; false where it was lost and someone has to go anew. */
  private async waitFor(session: Session, plan: FlightPlan, claim: Claim, token: string): Promise<boolean> {
    while (this.now() < plan.visit.deadlineAt) {
      if (plan.visit.abandoned?.aborted === true) throw new DeskAbandonedError();
      await sleep(POLL_MS * (1 + this.random()));
      const state = await this.store.watch(claim, token);
      if (state.kind === 'lost') return false;
      if (state.kind === 'under-way') continue;
      if (state.outcome === OK) return plan.collect(true);
      // It may be the news that the session is gone: the next request has to see that in Redis first.
      session.checkedAt = 0;
      throw errorOf(state.outcome);
    }
    throw new DeskTimeoutError('another replica got no answer in time');
  }
}

/** A failure in the words that other replicas understand. */
function outcomeOf({ code, upstreamCode, retryAfterMs }: DeskError): string {
  return JSON.stringify({ code, upstreamCode, retryAfterMs });
}

function errorOf(outcome: string): DeskError {
  const told = parse(outcome);
  const { code, upstreamCode, retryAfterMs } = isJsonObject(told) ? told : {};
  if (!isDeskErrorCode(code)) return new DeskUnavailableError('another replica failed', { retryAfterMs: 1000 });
  return deskErrorOf(code, 'another replica asked', {
    upstreamCode: typeof upstreamCode === 'number' ? upstreamCode : undefined,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
