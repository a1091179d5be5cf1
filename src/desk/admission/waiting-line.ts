import { type CallOptions } from '../call-options.js';
import { type DeskError } from '../desk-error.js';
import { type Permit } from './admission.js';

/** A call that waits for its permit. */
export class Waiter {
  /** Called once, when it leaves the queue; `hasTurn` where it was admitted. */
  onLeave: (hasTurn: boolean) => void = () => undefined;

  constructor(
    readonly command: string,
    readonly options: CallOptions,
    /** The call was admitted before and is repeated with another signature. */
    readonly isResigned: boolean,
    readonly cameAt: number,
    private readonly end: { readonly resolve: (permit: Permit) => void; readonly reject: (error: DeskError) => void },
  ) {}

  pass(permit: Permit): void {
    this.onLeave(true);
    this.end.resolve(permit);
  }

  /** The error is created after leaving: its Retry-After must not count this call. */
  turnAway(error: () => DeskError): void {
    this.onLeave(false);
    this.end.reject(error());
  }
}

/** The waiting calls in order: re-signed ones, then interactive ones, then background ones. */
export class WaitingLine {
  private readonly resigned = new Set<Waiter>();
  private readonly interactive = new Set<Waiter>();
  private readonly background = new Set<Waiter>();

  get length(): number {
    return this.resigned.size + this.interactive.size + this.background.size;
  }

  add(waiter: Waiter): void {
    if (waiter.isResigned) this.resigned.add(waiter);
    else if (waiter.options.priority.isBackground) this.background.add(waiter);
    else this.interactive.add(waiter);
  }

  remove(waiter: Waiter): void {
    for (const line of [this.resigned, this.interactive, this.background]) line.delete(waiter);
  }

  /** Its priority has changed. */
  move(waiter: Waiter): void {
    this.remove(waiter);
    this.add(waiter);
  }

  *inOrder(onlyResigned = false): Iterable<Waiter> {
    yield* this.resigned;
    if (onlyResigned) return;
    yield* this.interactive;
    yield* this.background;
  }
}
