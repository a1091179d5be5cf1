import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock } from '../clock.js';
import { type BackgroundTurns } from '../desk/admission/background-turns.js';
import { type CallOptions, CallPriority } from '../desk/call-options.js';
import { DeskAbandonedError, DeskError, DeskJoinTimeoutError, DeskUnavailableError } from '../desk/desk-error.js';
import { spanOf, startSpan, trace, traceLater, untraced } from '../tracing/trace.js';
import { type Entry, type Flight, type FlightResult } from './entry.js';
import { ABANDONED, failureOf, failureText, FlightLock } from './flight-lock.js';
import { type RedisStore, type StoredWrite } from './redis-store.js';

/** A flight without a waiting request. */
export interface Background {
  /** How long it may wait for its turn. */
  readonly turnMs: number;
  /** How long it may take after its turn began. */
  readonly callMs: number;
}

/** What one load wants of a flight, and its part in it. */
export interface FlightRequest {
  readonly name: string;
  /** The deadline of the waiting request; in the background it starts with the turn. */
  readonly deadlineAt: number;
  readonly background: Background | undefined;
  /** Aborted when the client has disconnected. */
  readonly signal: AbortSignal | undefined;
  /** A held view can be served instead, so give way to a refresh that failed a moment ago. */
  readonly yieldsToFailure: boolean;
  /** Calls the desk, merges its answer, and returns the update for the other replicas. */
  readonly ask: (options: CallOptions) => Promise<readonly StoredWrite[]>;
  /** Merges the desk's failure, and returns what other replicas need to know. */
  readonly fail: (error: DeskError) => { readonly writes: readonly StoredWrite[]; readonly pauseMs: number };
  /** Whether other replicas may have stored in Redis, at this version, what is wanted. */
  readonly mayBeStored: (version: string) => boolean;
  /** Merges what another replica stored in Redis; false if something still has to be fetched. */
  readonly collect: (waited: boolean) => Promise<boolean>;
  /** The flight's lock, which a read of the entry may have taken already. */
  readonly lock: FlightLock | undefined;
}

const POLL_MS = 20;
const OK = 'ok';

/** This flight did not begin, since another replica's failed a moment ago. Only a load that holds a view gives way. */
class GaveWayError extends DeskUnavailableError {}

/** Single flight: concurrent loads of the same thing share one call, its failure included (ADR 5). */
export class SingleFlight {
  constructor(
    private readonly store: RedisStore,
    private readonly now: Clock,
    private readonly random: () => number,
    private readonly turns: Pick<BackgroundTurns, 'take' | 'takeAgain'>,
  ) {}

  lockOf(entry: Entry<unknown>, name: string): FlightLock {
    return new FlightLock(this.store, entry.id, name);
  }

  /** @throws DeskError */
  async run(entry: Entry<unknown>, request: FlightRequest): Promise<FlightResult> {
    const underWay = entry.flights.get(request.name);
    // The flight under way waits for this very lock, or has no use for it.
    if (underWay !== undefined) request.lock?.giveBack();
    const flight = underWay ?? this.begin(entry, request);
    try {
      if (underWay === undefined) return await this.wait(flight, request, false);
      await trace('cache.join', { link: flight.span }, () => this.wait(flight, request, true));
      return 'joined';
    } catch (error) {
      if (underWay !== undefined && this.mayStartOwnFlight(error, request)) return this.run(entry, request);
      throw error;
    }
  }

  /** Whether the joined flight ended for a reason that does not end this request. */
  private mayStartOwnFlight(error: unknown, { yieldsToFailure, signal }: FlightRequest): boolean {
    if (error instanceof DeskAbandonedError) return signal?.aborted !== true;
    return error instanceof GaveWayError && !yieldsToFailure;
  }

  private begin(entry: Entry<unknown>, request: FlightRequest): Flight {
    const { background, deadlineAt } = request;
    const priority = new CallPriority(background !== undefined);
    const abandon = new AbortController();
    const { signal } = abandon;
    const span = startSpan('cache.flight', { attributes: { 'cache.resource': this.store.options.resource } });
    const start = () =>
      background === undefined
        ? this.overReplicas(entry, request, { deadlineAt, signal })
        : this.runInBackground(entry, request, background, { priority, signal });
    const end = spanOf(span, start).finally(() => {
      entry.flights.delete(request.name);
    });
    const flight: Flight = { end, priority, abandon, span, waiting: 0 };
    entry.flights.set(request.name, flight);
    return flight;
  }

  /** A joined flight may outlast this request's own deadline; one that nobody waits for is abandoned. */
  private async wait(
    flight: Flight,
    { deadlineAt, background, signal }: FlightRequest,
    isJoined: boolean,
  ): Promise<FlightResult> {
    if (background === undefined) flight.priority.raise();
    const joinMs = background === undefined ? deadlineAt - this.now() : background.turnMs + background.callMs;
    flight.waiting += 1;
    let giveUp: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    const givenUp = new Promise<never>((_, reject) => {
      if (isJoined && Number.isFinite(joinMs)) {
        timer = setTimeout(() => {
          reject(new DeskJoinTimeoutError('the call that was joined took too long'));
        }, joinMs);
      }
      giveUp = () => {
        reject(new DeskAbandonedError('the client has gone'));
      };
      signal?.addEventListener('abort', giveUp);
      if (signal?.aborted === true) giveUp();
    });
    try {
      return await Promise.race([flight.end, givenUp]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      flight.waiting -= 1;
      if (flight.waiting === 0) flight.abandon.abort();
    }
  }

  /** The lock is taken only at the turn: a request at another replica may need the same at once. */
  private async runInBackground(
    entry: Entry<unknown>,
    request: FlightRequest,
    { turnMs, callMs }: Background,
    { priority, signal }: { readonly priority: CallPriority; readonly signal: AbortSignal },
  ): Promise<FlightResult> {
    const isNeeded = async () => !(await request.collect(false));
    const turn = await this.turns.take({ priority, signal, maxWaitMs: turnMs, isNeeded });
    if (turn === 'not-needed') return 'joined';
    const deadlineAt = this.now() + callMs;
    const beforeRetry = () => this.turns.takeAgain({ priority, signal, maxWaitMs: deadlineAt - this.now() });
    return this.overReplicas(entry, request, { deadlineAt, signal, beforeRetry });
  }

  private async overReplicas(
    entry: Entry<unknown>,
    request: FlightRequest,
    options: CallOptions,
  ): Promise<FlightResult> {
    const lock = request.lock?.isAtHand === true ? request.lock : this.lockOf(entry, request.name);
    for (;;) {
      const acquired = await lock.acquire(request.yieldsToFailure);
      switch (acquired.kind) {
        case 'failed':
          throw new GaveWayError('a refresh failed a moment ago', { retryAfterMs: acquired.remainingMs });
        case 'held':
          if (await trace('cache.wait', {}, () => this.waitFor(entry, request, options, lock, acquired.token))) {
            return 'joined';
          }
          break;
        case 'unavailable':
          await this.askDesk(entry, request, options, lock);
          return 'asked';
        case 'acquired':
          if (acquired.change !== undefined) entry.raiseChange(acquired.change, this.now() - acquired.changedAgoMs);
          if (request.mayBeStored(acquired.version) && (await request.collect(false))) {
            void lock.release(OK);
            return 'joined';
          }
          await this.askDesk(entry, request, options, lock);
          return 'asked';
      }
    }
  }

  private async askDesk(
    entry: Entry<unknown>,
    request: FlightRequest,
    options: CallOptions,
    lock: FlightLock,
  ): Promise<void> {
    const stopRenewing = lock.hold();
    try {
      this.settle(entry, lock, OK, await request.ask(options));
    } catch (error) {
      if (error instanceof DeskAbandonedError) void lock.release(ABANDONED);
      else if (error instanceof DeskError) this.settleFailure(entry, request, lock, error);
      throw error;
    } finally {
      stopRenewing();
    }
  }

  /** In the background, after the answer was sent: encoding and encrypting the values takes time. */
  private settle(entry: Entry<unknown>, lock: FlightLock, outcome: string, writes: readonly StoredWrite[]): void {
    entry.pendingWrites += 1;
    void traceLater(() => lock.settle(outcome, writes))
      .then(({ replaced, version }) => {
        // It replaced a version not seen here, so another replica stored something meanwhile that is still to be read.
        if (replaced !== entry.version) return;
        entry.version = version;
        entry.checkedAt = this.now();
      })
      .finally(() => (entry.pendingWrites -= 1));
  }

  private settleFailure(entry: Entry<unknown>, request: FlightRequest, lock: FlightLock, error: DeskError): void {
    const { writes, pauseMs } = request.fail(error);
    if (writes.length > 0) this.settle(entry, lock, failureText(error), writes);
    else void lock.release(failureText(error), pauseMs);
  }

  /**
   * True once the other replica's flight brought what is wanted; false if its holder is gone and another has to fetch
   * it.
   */
  private async waitFor(
    entry: Entry<unknown>,
    request: FlightRequest,
    { signal, deadlineAt }: CallOptions,
    lock: FlightLock,
    token: string,
  ): Promise<boolean> {
    while (this.now() < deadlineAt) {
      await sleep(POLL_MS * (1 + this.random()));
      if (signal.aborted) throw new DeskAbandonedError('the client has gone');
      // Not traced: a span for each poll would add nothing to the span around all of them.
      const state = await untraced(() => lock.watch(token));
      if (state.kind === 'under-way') continue;
      if (state.kind === 'lost' || state.outcome === ABANDONED) return false;
      if (state.outcome === OK) return request.collect(true);
      // The result may be a not-found: the next request has to see that in Redis first.
      entry.checkedAt = 0;
      throw failureOf(state.outcome);
    }
    throw new DeskJoinTimeoutError('another replica got no answer in time');
  }
}
