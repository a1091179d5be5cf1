import { within } from '../../clock.js';
import { DeskTimeoutError } from '../desk-error.js';
import { type UserSig } from './user-sig.js';

/** Whether the desk accepted a new signature; `undecided` where the call ended without an answer about it. */
export type ReSignVerdict = 'accepted' | 'refused' | 'undecided';

/**
 * Permission to repeat a call. `settle` must be called with the outcome; it does nothing if the verdict is known
 * already.
 */
export interface SecondTry {
  readonly settle: (verdict: ReSignVerdict) => void;
}

/**
 * Re-signing after the desk refused a UserSig: one call tries a new signature, the others wait for the verdict. So a desk
 * that refuses every signature gets one more call, not one for each call in flight.
 */
export class SharedReSigning {
  private trial: Promise<ReSignVerdict> | undefined;
  private refusedForGood: string | undefined;

  constructor(
    private readonly userSig: UserSig,
    /** While a trial is in flight, no other call is sent: its signature would probably be refused too. */
    private readonly onChange: (isUnderWay: boolean) => void,
  ) {}

  /**
   * Permission to repeat a call with the current signature, after `refused`; undefined if that cannot help.
   * @throws DeskTimeoutError if there is no verdict within `maxWaitMs`
   */
  async after(refused: string, maxWaitMs: number): Promise<SecondTry | undefined> {
    while (this.trial !== undefined) {
      const verdict = await within(this.trial, maxWaitMs);
      if (verdict === 'late') throw new DeskTimeoutError('no new signature was accepted in time');
      if (verdict === 'accepted') return { settle: () => undefined };
      if (verdict === 'refused') return undefined;
    }
    const next = this.userSig.renew(refused);
    return next === undefined || next === this.refusedForGood ? undefined : { settle: this.begin(next) };
  }

  private begin(candidate: string): (verdict: ReSignVerdict) => void {
    let resolve: (verdict: ReSignVerdict) => void = () => undefined;
    this.trial = new Promise((settled) => {
      resolve = settled;
    });
    this.onChange(true);
    return (verdict) => {
      if (verdict !== 'undecided') this.refusedForGood = verdict === 'refused' ? candidate : undefined;
      this.trial = undefined;
      resolve(verdict);
      this.onChange(false);
    };
  }
}
