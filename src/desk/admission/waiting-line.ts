import { type CallOptions } from '../call-options.js';
import { type DeskError } from '../desk-error.js';
import { type Permit } from './admission.js';

/** A call that waits for its permit. */
export class Waiter {
  /** Called once, when the call leaves the queue; `hasTurn` if it was admitted. */
  onLeave: (hasTurn: boolean) => void = () => undefined;

  constructor(
    readonly command: string,
    readonly options: CallOptions,
    /** The call was admitted before and is repeated with another signature. */
    readonly isReSigned: boolean,
    readonly enteredAt: number,
    private readonly end: { readonly resolve: (permit: Permit) => void; readonly reject: (error: DeskError) => void },
  ) {}

  admit(permit: Permit): void {
    this.onLeave(true);
    this.end.resolve(permit);
  }

  /** The error is created after leaving: its Retry-After must not count this call. */
  reject(error: () => DeskError): void {
    this.onLeave(false);
    this.end.reject(error());
  }
}

/** The waiting calls in order: re-signed ones first. */
export class WaitingLine {
  private readonly reSigned = new Set<Waiter>();
  private readonly others = new Set<Waiter>();

  get length(): number {
    return this.reSigned.size + this.others.size;
  }

  add(waiter: Waiter): void {
    (waiter.isReSigned ? this.reSigned : this.others).add(waiter);
  }

  remove(waiter: Waiter): void {
    this.reSigned.delete(waiter);
    this.others.delete(waiter);
  }

  *inOrder(onlyReSigned = false): Iterable<Waiter> {
    yield* this.reSigned;
    if (onlyReSigned) return;
    yield* this.others;
  }
}
