import { type Clock } from '../../clock.js';
import { type CallOptions } from '../call-options.js';
import { MAX_CONNECTIONS } from '../connection-pool.js';
import {
  abandoned,
  DeskBusyError,
  type DeskError,
  DeskRateLimitedError,
  DeskUnavailableError,
  shuttingDown,
} from '../desk-error.js';
import { type AdmissionControl, type LimitScope, type Permit } from './admission.js';
import { WaitingCall, WaitingLine } from './waiting-line.js';

/** Further calls are rejected at once, with Retry-After (docs/configuration.md). */
const MAX_WAITING = 5000;
/** The weight of the latest call in the moving average of durations. */
const WEIGHT = 0.2;

export interface CallQueueParts {
  readonly admission: AdmissionControl;
  readonly maxRps: number;
  readonly now: Clock;
  readonly onLengthChange?: (length: number) => void;
  /** How long a call had waited when it was admitted. */
  readonly onTurn?: (waitedMs: number) => void;
  /** A fault of our own: everything that waits is rejected. */
  readonly onFault?: (error: unknown) => void;
}

/**
 * Where calls to the desk wait for a permit and a free connection: first come, first served. Background calls enter
 * after their turn (BackgroundTurns).
 */
export class CallQueue {
  private readonly line = new WaitingLine();
  /** Commands whose trial call after a cool-down is in flight: their calls wait, other commands go on. */
  private readonly paused = new Set<string>();
  private inFlight = 0;
  private averageMs = 0;
  private lastDeadlineAt = 0;
  private isServing = false;
  private isHeldBack = false;
  private isClosed = false;

  constructor(private readonly parts: CallQueueParts) {}

  get hasWaitingCalls(): boolean {
    return this.line.length > 0;
  }

  /**
   * Every permit has to be given back with `leave`.
   *
   * @param isReSigned the call was admitted before and is repeated with another signature
   * @throws DeskRateLimitedError, DeskRejectedError, DeskAbandonedError or DeskUnavailableError instead of a permit
   */
  enter(command: string, options: CallOptions, isReSigned = false): Promise<Permit> {
    if (this.isClosed) return Promise.reject(shuttingDown());
    if (options.signal.aborted) return Promise.reject(abandoned());
    if (!isReSigned && this.line.length >= MAX_WAITING) {
      return Promise.reject(new DeskBusyError('too many requests wait', { retryAfterMs: this.drainMs() }));
    }
    return new Promise((resolve, reject) => {
      this.lastDeadlineAt = Math.max(this.lastDeadlineAt, options.deadlineAt);
      this.add(new WaitingCall(command, options, isReSigned, this.parts.now(), { resolve, reject }));
      void this.turn();
    });
  }

  /** The call has ended; `tookMs` is the expected duration of a similar call. */
  leave(tookMs: number): void {
    this.inFlight -= 1;
    this.averageMs += (tookMs - this.averageMs) * WEIGHT;
    void this.turn();
  }

  /** While a new signature is tried, only that call may be sent. */
  holdBack(isHeldBack: boolean): void {
    this.isHeldBack = isHeldBack;
    void this.turn();
  }

  close(): void {
    this.isClosed = true;
    this.reject('all', '', shuttingDown);
  }

  private add(call: WaitingCall): void {
    const { now, onTurn, onLengthChange } = this.parts;
    const { deadlineAt, signal } = call.options;
    const waitTimer = setTimeout(() => {
      call.reject(() => this.tooLate());
    }, deadlineAt - call.enteredAt);
    const onAbort = () => {
      call.reject(abandoned);
    };
    signal.addEventListener('abort', onAbort);
    call.onLeave = (hasTurn) => {
      clearTimeout(waitTimer);
      signal.removeEventListener('abort', onAbort);
      this.line.remove(call);
      onLengthChange?.(this.line.length);
      if (hasTurn) onTurn?.(now() - call.enteredAt);
    };
    this.line.add(call);
    onLengthChange?.(this.line.length);
  }

  /** Serves one call after the other, in a single loop, so that the order is kept across the awaits. */
  private async turn(): Promise<void> {
    if (this.isServing) return;
    this.isServing = true;
    try {
      for (let call = this.next(); call !== undefined; call = this.next()) await this.serve(call.command);
    } catch (error) {
      this.parts.onFault?.(error);
      this.reject(
        'all',
        '',
        () => new DeskUnavailableError('the queue failed', { retryAfterMs: 1000 }, { cause: error }),
      );
    } finally {
      this.isServing = false;
    }
  }

  private async serve(command: string): Promise<void> {
    const { admission } = this.parts;
    const admittance = await admission.admit(command);
    switch (admittance.kind) {
      case 'refused':
        this.reject(admittance.scope, command, admittance.error);
        return;
      case 'wait':
        await this.wait(admittance.scope, command, admittance.ms);
        return;
      case 'permit': {
        const call = this.next(command);
        if (call === undefined) return admission.undecided(admittance.permit);
        this.inFlight += 1;
        call.admit(admittance.permit);
      }
    }
  }

  /** If only one command has to wait, the other commands go on. */
  private async wait(scope: LimitScope, command: string, ms: number): Promise<void> {
    if (scope === 'all') {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return;
    }
    this.paused.add(command);
    setTimeout(() => {
      this.paused.delete(command);
      void this.turn();
    }, ms);
  }

  /** The call to serve next (of this command, if given); undefined where none may be sent. */
  private next(command?: string): WaitingCall | undefined {
    const most = this.parts.admission.isSuspect ? 1 : MAX_CONNECTIONS;
    if (this.inFlight >= most) return undefined;
    for (const call of this.line.inOrder(this.isHeldBack)) {
      if (command === undefined ? this.paused.has(call.command) : call.command !== command) continue;
      if (this.line.length === 1 || this.hasTimeLeft(call)) return call;
      call.reject(() => this.tooLate());
    }
    return undefined;
  }

  /**
   * In an overloaded queue the first calls are those whose deadline is near. If they were sent, every call would time
   * out and none would be answered in time.
   */
  private hasTimeLeft({ enteredAt, options: { deadlineAt } }: WaitingCall): boolean {
    const neededMs = Math.min(this.averageMs, (deadlineAt - enteredAt) / 2);
    return deadlineAt - this.parts.now() >= neededMs;
  }

  private reject(scope: LimitScope, command: string, error: () => DeskError): void {
    for (const call of [...this.line.inOrder()]) {
      if (scope === 'all' || call.command === command) call.reject(error);
    }
  }

  private tooLate(): DeskError {
    const retryAfterMs = this.drainMs();
    return this.inFlight < MAX_CONNECTIONS
      ? new DeskRateLimitedError('quota not free in time', { retryAfterMs })
      : new DeskBusyError('no connection free in time', { retryAfterMs });
  }

  /** The least time until the present queue is served or has timed out. */
  private drainMs(): number {
    const goneMs = Math.max(0, this.lastDeadlineAt - this.parts.now());
    return Math.min((this.line.length / this.parts.maxRps) * 1000, goneMs);
  }
}
