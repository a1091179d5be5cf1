import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock } from '../clock.js';
import { type DeskError, DeskRateLimitedError, DeskUnavailableError } from './desk-error.js';
import { type Gate, type Pass } from './gate.js';

/** More than this many requests do not wait (contract); they are told to come back. */
const MAX_WAITING = 5000;

export interface Visit {
  /** Wall-clock milliseconds after which nobody waits for this call any more. */
  readonly deadlineAt: number;
  /** Refreshes that nobody waits for go after requests that somebody waits for. */
  readonly isBackground: boolean;
}

interface Waiter extends Visit {
  readonly pass: (pass: Pass) => void;
  readonly turnAway: (error: DeskError) => void;
  isGone: boolean;
}

export interface TurnstileParts {
  readonly gate: Gate;
  readonly maxRps: number;
  readonly now: Clock;
  readonly onLengthChange?: (length: number) => void;
  /** How long a call had waited when its turn came. */
  readonly onTurn?: (waitedMs: number) => void;
}

/** Where calls to the desk wait for the gate: first come, first served. */
export class Turnstile {
  private readonly interactive: Waiter[] = [];
  private readonly background: Waiter[] = [];
  private isTurning = false;
  private isClosed = false;

  constructor(private readonly parts: TurnstileParts) {}

  /** @throws DeskRateLimitedError, DeskRejectedError or DeskUnavailableError instead of a pass. */
  enter(visit: Visit): Promise<Pass> {
    if (this.isClosed) return Promise.reject(shuttingDown());
    if (this.length >= MAX_WAITING) {
      return Promise.reject(new DeskUnavailableError('too many requests wait', { retryAfterMs: this.drainMs() }));
    }
    return new Promise((resolve, reject) => {
      (visit.isBackground ? this.background : this.interactive).push(this.waiter(visit, resolve, reject));
      this.parts.onLengthChange?.(this.length);
      void this.turn();
    });
  }

  close(): void {
    this.isClosed = true;
    this.turnAllAway(shuttingDown());
  }

  private get length(): number {
    return this.interactive.length + this.background.length;
  }

  private waiter(visit: Visit, resolve: (pass: Pass) => void, reject: (error: DeskError) => void): Waiter {
    const { now, onTurn } = this.parts;
    const cameAt = now();
    const patience = setTimeout(() => {
      waiter.turnAway(new DeskRateLimitedError('quota not free in time', { retryAfterMs: this.drainMs() }));
    }, visit.deadlineAt - cameAt);
    const leave = () => {
      clearTimeout(patience);
      waiter.isGone = true;
    };
    const waiter: Waiter = {
      ...visit,
      isGone: false,
      pass: (pass) => {
        leave();
        onTurn?.(now() - cameAt);
        resolve(pass);
      },
      turnAway: (error) => {
        leave();
        reject(error);
      },
    };
    return waiter;
  }

  /** One waiter after the other; a single loop, so that the order holds across the awaits. */
  private async turn(): Promise<void> {
    if (this.isTurning) return;
    this.isTurning = true;
    try {
      while (this.next() !== undefined) await this.serveNext();
    } catch (error) {
      this.turnAllAway(new DeskUnavailableError('the queue failed', { retryAfterMs: 1000 }, { cause: error }));
    } finally {
      this.isTurning = false;
      this.parts.onLengthChange?.(this.length);
    }
  }

  private async serveNext(): Promise<void> {
    const admittance = await this.parts.gate.admit();
    switch (admittance.kind) {
      case 'shut':
        this.turnAllAway(admittance.error);
        return;
      case 'wait':
        await sleep(admittance.ms);
        return;
      case 'pass': {
        const waiter = this.next();
        if (waiter === undefined) return this.parts.gate.undecided(admittance.pass);
        (waiter.isBackground ? this.background : this.interactive).shift();
        this.parts.onLengthChange?.(this.length);
        waiter.pass(admittance.pass);
      }
    }
  }

  /** The first who still waits; those who gave up are forgotten on the way. */
  private next(): Waiter | undefined {
    for (const queue of [this.interactive, this.background]) {
      while (queue[0]?.isGone === true) queue.shift();
      if (queue[0] !== undefined) return queue[0];
    }
    return undefined;
  }

  private turnAllAway(error: DeskError): void {
    for (const waiter of [...this.interactive.splice(0), ...this.background.splice(0)]) {
      if (!waiter.isGone) waiter.turnAway(error);
    }
  }

  /** How long it takes at best until all who wait now have had their turn. */
  private drainMs(): number {
    return (this.length / this.parts.maxRps) * 1000;
  }
}

function shuttingDown(): DeskUnavailableError {
  return new DeskUnavailableError('shutting down', { retryAfterMs: 1000 });
}
