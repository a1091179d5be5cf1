import { type CallOptions } from '../call-options.js';
import { type DeskError } from '../desk-error.js';
import { type Permit } from './admission.js';

/** A call that waits for its permit. */
export class WaitingCall {
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
  private readonly reSigned = new Set<WaitingCall>();
  private readonly others = new Set<WaitingCall>();

  get length(): number {
    return this.reSigned.size + this.others.size;
  }

  add(call: WaitingCall): void {
    (call.isReSigned ? this.reSigned : this.others).add(call);
  }

  remove(call: WaitingCall): void {
    this.reSigned.delete(call);
    this.others.delete(call);
  }

  *inOrder(onlyReSigned = false): Iterable<WaitingCall> {
    yield* this.reSigned;
    if (onlyReSigned) return;
    yield* this.others;
  }
}
