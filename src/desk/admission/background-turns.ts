import { setMaxListeners } from 'node:events';
import { type Clock } from '../../clock.js';
import { type CallPriority } from '../call-options.js';
import { abandoned, DeskBusyError, DeskRateLimitedError, DeskUnavailableError, shuttingDown } from '../desk-error.js';
import { type Quota } from './quota.js';

export interface BackgroundTurnsParts {
  /** The quota that all replicas share for background calls. */
  readonly quota: Pick<Quota, 'take'>;
  /**
   * The pause between two turns of this replica: without it, a burst would use up the quota of this second before an interactive call arrives.
   */
  readonly spacingMs: number;
  /** Whether an interactive call waits. */
  readonly isBusy: () => boolean;
  readonly now: Clock;
  readonly onLengthChange?: (length: number) => void;
  /** A fault of our own: the call whose turn it was is rejected. */
  readonly onFault?: (error: unknown) => void;
}

/** A background call that waits for its turn. */
export interface BackgroundWork {
  readonly priority: CallPriority;
  readonly signal: AbortSignal;
  /** The longest wait; Infinity where there is no deadline. */
  readonly maxWaitMs: number;
  /** Checked when its turn comes: another replica may have loaded it meanwhile. */
  readonly isNeeded?: () => Promise<boolean>;
}

/** `turn`: go ahead · `not-needed`: the call is no longer needed. */
export type TurnOutcome = 'turn' | 'not-needed';

interface WaitingTurn extends BackgroundWork {
  readonly leave: (end: () => void) => void;
  readonly resolve: (outcome: TurnOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** How often to check whether interactive calls still wait. */
const BUSY_POLL_MS = 20;
/** When this many calls with a deadline wait, further ones are rejected at once: they would miss it too. */
const MAX_WAITING = 5000;

/**
 * Where background calls wait before they take their lock and their place in the call queue, the longest waiting first
 * (ADR 11). They hold no lock while they wait, so a request at another replica never waits for them. A call that a
 * request joins leaves at once.
 */
export class BackgroundTurns {
  private readonly retries = new Set<WaitingTurn>();
  private readonly line = new Set<WaitingTurn>();
  private readonly stop = new AbortController();
  private nextAt = 0;
  private isServing = false;

  constructor(private readonly parts: BackgroundTurnsParts) {
    // Each background read that pauses listens; Node warns from the eleventh on.
    setMaxListeners(0, this.stop.signal);
  }

  /** Aborted when the service stops. */
  get stopping(): AbortSignal {
    return this.stop.signal;
  }

  /** @throws DeskRateLimitedError, DeskAbandonedError or DeskUnavailableError */
  take(work: BackgroundWork): Promise<TurnOutcome> {
    if (Number.isFinite(work.maxWaitMs) && this.line.size >= MAX_WAITING) {
      return Promise.reject(new DeskBusyError('too many calls wait in the background', { retryAfterMs: 1000 }));
    }
    return this.enter(work, this.line);
  }

  /** For a call that is to be repeated after its turn: it goes first, since requests may have joined it by now. */
  async takeAgain(work: BackgroundWork): Promise<void> {
    await this.enter(work, this.retries);
  }

  close(): void {
    this.stop.abort();
    for (const call of [...this.retries, ...this.line]) {
      call.leave(() => {
        call.reject(shuttingDown());
      });
    }
  }

  private enter(work: BackgroundWork, line: Set<WaitingTurn>): Promise<TurnOutcome> {
    const { priority, signal, maxWaitMs } = work;
    if (this.stopping.aborted) return Promise.reject(shuttingDown());
    if (signal.aborted) return Promise.reject(abandoned());
    if (!priority.isBackground) return Promise.resolve('turn');
    return new Promise((resolve, reject) => {
      let waitTimer: NodeJS.Timeout | undefined;
      const leave = (end: () => void) => {
        if (!line.delete(call)) return;
        forget();
        clearTimeout(waitTimer);
        signal.removeEventListener('abort', onAbort);
        this.reportLength();
        end();
      };
      const call: WaitingTurn = { ...work, leave, resolve, reject };
      const onAbort = () => {
        leave(() => {
          reject(abandoned());
        });
      };
      const forget = priority.onRaise(() => {
        leave(() => {
          resolve('turn');
        });
      });
      signal.addEventListener('abort', onAbort);
      if (Number.isFinite(maxWaitMs)) {
        waitTimer = setTimeout(() => {
          leave(() => {
            reject(new DeskRateLimitedError('no turn in the background in time', { retryAfterMs: 1000 }));
          });
        }, maxWaitMs);
      }
      line.add(call);
      this.reportLength();
      void this.turn();
    });
  }

  /** One after the other, in one loop: a call that ends does not have to start the next one. */
  private async turn(): Promise<void> {
    if (this.isServing) return;
    this.isServing = true;
    for (let call = this.first(); call !== undefined; call = this.first()) {
      const ms = await this.serve(call).catch((error: unknown) => this.failed(call, error));
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    }
    this.isServing = false;
  }

  /** @returns the milliseconds to wait before the next try */
  private async serve(call: WaitingTurn): Promise<number> {
    const { quota, isBusy, now, spacingMs } = this.parts;
    const earlyMs = this.nextAt - now();
    if (earlyMs > 0) return earlyMs;
    if (isBusy()) return BUSY_POLL_MS;
    if (!((await call.isNeeded?.()) ?? true)) {
      call.leave(() => {
        call.resolve('not-needed');
      });
      return 0;
    }
    if (!this.isWaiting(call)) return 0;
    const ms = await quota.take();
    if (ms > 0) return ms;
    this.nextAt = now() + spacingMs;
    // The call may have left during the await: then the next one gets the turn.
    const next = this.isWaiting(call) ? call : this.first();
    next?.leave(() => {
      next.resolve('turn');
    });
    return 0;
  }

  private failed(call: WaitingTurn, cause: unknown): number {
    this.parts.onFault?.(cause);
    call.leave(() => {
      call.reject(new DeskUnavailableError('no turn could be had', { retryAfterMs: 1000 }, { cause }));
    });
    return 0;
  }

  private isWaiting(call: WaitingTurn): boolean {
    return this.line.has(call) || this.retries.has(call);
  }

  private first(): WaitingTurn | undefined {
    const [first] = this.retries;
    return first ?? this.line.values().next().value;
  }

  private reportLength(): void {
    this.parts.onLengthChange?.(this.retries.size + this.line.size);
  }
}
