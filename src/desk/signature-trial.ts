import { type UserSig } from './user-sig.js';

/** A signature to ask once more with. Whoever holds the trial has to say how it ended; for the others it is settled. */
export interface NextSignature {
  readonly userSig: string;
  readonly settle: (accepted: boolean) => void;
}

/**
 * What happens when the desk refuses a UserSig: one call tries a new one, the others wait for its verdict. A desk that
 * refuses everything so sees one call more, not one for each that was under way.
 */
export class SignatureTrial {
  private trial: Promise<boolean> | undefined;
  private refusedForGood: string | undefined;

  constructor(private readonly userSig: UserSig) {}

  /** The signature to ask again with after `refused`; undefined where asking again is hopeless. */
  async after(refused: string): Promise<NextSignature | undefined> {
    if (this.trial === undefined) {
      const next = this.userSig.renew(refused);
      if (next === undefined || next === this.refusedForGood) return undefined;
      return { userSig: next, settle: this.begin(next) };
    }
    const accepted = await this.trial;
    return accepted ? { userSig: this.userSig.current(), settle: () => undefined } : undefined;
  }

  private begin(candidate: string): (accepted: boolean) => void {
    let settle: (accepted: boolean) => void = () => undefined;
    this.trial = new Promise((resolve) => {
      settle = resolve;
    });
    return (accepted) => {
      this.refusedForGood = accepted ? undefined : candidate;
      this.trial = undefined;
      settle(accepted);
    };
  }
}
