import { type Clock } from '../clock.js';
import { DeskAbandonedError, type DeskError, DeskRateLimitedError, DeskUnavailableError } from './desk-error.js';
import { type Gate, type Pass } from './gate.js';
import { MAX_CONNECTIONS } from './connection-pool.js';

/** More than this many requests do not wait (contract); they are told to come back. */
const MAX_WAITING = 5000;
/** How much the latest call says about what a call usually takes. */
const WEIGHT = 0.2;

export interface Visit {
  /** Wall-clock milliseconds after which nobody waits for this call any more. */
  readonly deadlineAt: number;
  /** Refreshes that nobody waits for go after requests that somebody waits for. */
  readonly isBackground: boolean;
  /** Aborts when the last who waited for this call has left. */
  readonly abandoned?: AbortSignal;
}

interface Waiter extends Visit {
  readonly cameAt: number;
  readonly pass: (pass: Pass) => void;
  readonly turnAway: (error: () => DeskError) => void;
}

export interface TurnstileParts {
  readonly gate: Gate;
  readonly maxRps: number;
  readonly now: Clock;
  readonly onLengthChange?: (length: number) => void;
  /** How long a call had waited when its turn came. */
  readonly onTurn?: (waitedMs: number) => void;
}

/** Where calls to the desk wait for the gate and for a free connection: first come, first served. */
export class Turnstile {
  /** Calls that had their turn and go once more with another signature. */
  private readonly again = new Set<Waiter>();
  private readonly interactive = new Set<Waiter>();
  private readonly background = new Set<Waiter>();
  private inFlight = 0;
  private usualMs = 0;
  private lastDeadlineAt = 0;
  private isTurning = false;
  private isHeldBack = false;
  private isClosed = false;

  constructor(private readonly parts: TurnstileParts) {}

  /**
   * Whoever got a pass has to `leave`.
   * @throws DeskRateLimitedError, DeskRejectedError or DeskUnavailableError instead of a pass
   */
  enter(visit: Visit, isAgain = false): Promise<Pass> {
    if (this.isClosed) return Promise.reject(shuttingDown());
    if (visit.abandoned?.aborted === true) return Promise.reject(new DeskAbandonedError());
    if (!isAgain && this.length >= MAX_WAITING) {
      return Promise.reject(new DeskUnavailableError('too many requests wait', { retryAfterMs: this.drainMs() }));
    }
    const queue = isAgain ? this.again : visit.isBackground ? this.background : this.interactive;
    return new Promise((resolve, reject) => {
      this.lastDeadlineAt = Math.max(this.lastDeadlineAt, visit.deadlineAt);
      this.line(queue, visit, resolve, reject);
      void this.turn();
    });
  }

  /** The call is over; `tookMs` is what one like it would need. */
  leave(tookMs: number): void {
    this.inFlight -= 1;
    this.usualMs += (tookMs - this.usualMs) * WEIGHT;
    void this.turn();
  }

  /** While a new signature is tried, only that call may go. */
  holdBack(isHeldBack: boolean): void {
    this.isHeldBack = isHeldBack;
    void this.turn();
  }

  close(): void {
    this.isClosed = true;
    this.turnAllAway(shuttingDown);
  }

  private get length(): number {
    return this.again.size + this.interactive.size + this.background.size;
  }

  private line(
    queue: Set<Waiter>,
    visit: Visit,
    resolve: (pass: Pass) => void,
    reject: (error: DeskError) => void,
  ): void {
    const { now, onTurn, onLengthChange } = this.parts;
    const cameAt = now();
    const leave = () => {
      clearTimeout(patience);
      visit.abandoned?.removeEventListener('abort', abandon);
      queue.delete(waiter);
      onLengthChange?.(this.length);
    };
    const waiter: Waiter = {
      ...visit,
      cameAt,
      pass: (pass) => {
        leave();
        onTurn?.(now() - cameAt);
        resolve(pass);
      },
      turnAway: (error) => {
        leave();
        reject(error());
      },
    };
    const patience = setTimeout(() => {
      waiter.turnAway(() => this.tooLate());
    }, visit.deadlineAt - cameAt);
    const abandon = () => {
      waiter.turnAway(() => new DeskAbandonedError());
    };
    visit.abandoned?.addEventListener('abort', abandon);
    queue.add(waiter);
    onLengthChange?.(this.length);
  }

  /** One waiter after the other; a single loop, so that the order holds across the awaits. */
  private async turn(): Promise<void> {
    if (this.isTurning) return;
    this.isTurning = true;
    try {
      while (this.next() !== undefined) await this.serveNext();
    } catch (error) {
      this.turnAllAway(() => new DeskUnavailableError('the queue failed', { retryAfterMs: 1000 }, { cause: error }));
    } finally {
      this.isTurning = false;
    }
  }

  private async serveNext(): Promise<void> {
    const { gate } = this.parts;
    const admittance = await gate.admit();
    switch (admittance.kind) {
      case 'shut':
        this.turnAllAway(admittance.error);
        return;
      case 'wait':
        await new Promise((resolve) => setTimeout(resolve, admittance.ms));
        return;
      case 'pass': {
        const waiter = this.next();
        if (waiter === undefined) return gate.undecided(admittance.pass);
        this.inFlight += 1;
        waiter.pass(admittance.pass);
      }
    }
  }

  /** Whose turn it is, if anybody may go. */
  private next(): Waiter | undefined {
    const most = this.parts.gate.isDoubted ? 1 : MAX_CONNECTIONS;
    if (this.inFlight >= most) return undefined;
    for (const queue of this.isHeldBack ? [this.again] : [this.again, this.interactive, this.background]) {
      for (const waiter of queue) {
        if (this.length === 1 || this.hasTimeLeft(waiter)) return waiter;
        waiter.turnAway(() => this.tooLate());
      }
    }
    return undefined;
  }

  /**
   * In a queue that is too long, those who come first are those whose time is nearly up. Were they let through, every
   * call would be cut off and nobody served.
   */
  private hasTimeLeft({ cameAt, deadlineAt }: Waiter): boolean {
    const neededMs = Math.min(this.usualMs, (deadlineAt - cameAt) / 2);
    return deadlineAt - this.parts.now() >= neededMs;
  }

  private turnAllAway(error: () => DeskError): void {
    for (const waiter of [...this.again, ...this.interactive, ...this.background]) waiter.turnAway(error);
  }

  private tooLate(): DeskError {
    const retryAfterMs = this.drainMs();
    return this.inFlight < MAX_CONNECTIONS
      ? new DeskRateLimitedError('quota not free in time', { retryAfterMs })
      : new DeskUnavailableError('no connection free in time', { retryAfterMs });
  }

  /** How long it takes at best until all who wait now have had their turn, or have gone. */
  private drainMs(): number {
    const goneMs = Math.max(0, this.lastDeadlineAt - this.parts.now());
    return Math.min((this.length / this.parts.maxRps) * 1000, goneMs);
  }
}

function shuttingDown(): DeskUnavailableError {
  return new DeskUnavailableError('shutting down', { retryAfterMs: 1000 });
}
