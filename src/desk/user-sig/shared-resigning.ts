import { DeskTimeoutError } from '../desk-error.js';
import { type UserSig } from './user-sig.js';

/** What the desk said of a new signature; `undecided` where the call ended without its word. */
export type ResignVerdict = 'accepted' | 'refused' | 'undecided';

/** Leave to ask once more. Whoever holds a trial has to say how it ended; for the others it is settled. */
export interface SecondTry {
  readonly settle: (verdict: ResignVerdict) => void;
}

/**
 * What happens when the desk refuses a UserSig: one call tries a new one, the others wait for its verdict. A desk that
 * refuses everything so sees one call more, not one for each that was under way.
 */
export class SharedResigning {
  private trial: Promise<ResignVerdict> | undefined;
  private refusedForGood: string | undefined;

  constructor(
    private readonly userSig: UserSig,
    /** While a trial is under way, calls with a signature that is in doubt only annoy the desk. */
    private readonly onChange: (isUnderWay: boolean) => void = () => undefined,
  ) {}

  /**
   * Leave to ask again with the then current signature after `refused`; undefined where asking again is hopeless.
   * @throws DeskTimeoutError where there is no verdict within `patienceMs`
   */
  async after(refused: string, patienceMs: number): Promise<SecondTry | undefined> {
    while (this.trial !== undefined) {
      const verdict = await within(this.trial, patienceMs);
      if (verdict === 'late') throw new DeskTimeoutError('no new signature was accepted in time');
      if (verdict === 'accepted') return { settle: () => undefined };
      if (verdict === 'refused') return undefined;
    }
    const next = this.userSig.renew(refused);
    return next === undefined || next === this.refusedForGood ? undefined : { settle: this.begin(next) };
  }

  private begin(candidate: string): (verdict: ResignVerdict) => void {
    let resolve: (verdict: ResignVerdict) => void = () => undefined;
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

function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, 'late');
    void promise.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
