/** What a code of Tencent's "Error Code" document asks for, and what the README's table of errors tells apart beyond it. */
export type ErrorClass =
  /** Our URL or body is wrong: a programming fault. */
  | 'bad-request'
  /** The signature is no longer, or perhaps not, accepted. */
  | 'auth-expired'
  /** Key, application, administrator or address are wrong: the operator must act, and asking again never helps. */
  | 'auth-config'
  /** Verification failed too often: the desk does not even look for a minute. */
  | 'lockout'
  /** About the application: no command is called for a while. */
  | 'rate-limit'
  /** About the command that answered with it. */
  | 'command-rate-limit'
  | 'transient'
  | 'quota-billing'
  | 'forbidden'
  /** The administrator's account does not exist. */
  | 'account-not-found'
  | 'not-found'
  | 'invalid-parameter'
  /** Documented, but cannot come from a call that only reads. */
  | 'not-applicable'
  | 'unknown';

export type ErrorCodeRow = readonly [codes: readonly number[], class_: ErrorClass, meaning: string, remedy: string];

/** What one ErrorCode of a command means for us. */
export interface ErrorCodeEntry {
  readonly code: number;
  readonly class: ErrorClass;
  readonly meaning: string;
  /** What the operator must do: goes to the log, never to a caller. */
  readonly remedy: string;
  /** A new signature may help: sign and ask again, once. */
  readonly resign: boolean;
}

/** The rows of the contract's table of errors that an ErrorCode can lead to. */
export type ErrorOutcome =
  'invalid-request' | 'not-found' | 'rate-limited' | 'command-rate-limited' | 'rejected' | 'lockout' | 'failed';

const outcomes: Readonly<Record<ErrorClass, ErrorOutcome>> = {
  'bad-request': 'rejected',
  'auth-expired': 'rejected',
  'auth-config': 'rejected',
  lockout: 'lockout',
  'rate-limit': 'rate-limited',
  'command-rate-limit': 'command-rate-limited',
  transient: 'failed',
  'quota-billing': 'rejected',
  forbidden: 'rejected',
  'account-not-found': 'rejected',
  'not-found': 'not-found',
  'invalid-parameter': 'invalid-request',
  'not-applicable': 'failed',
  unknown: 'failed',
};

// Not the class alone: 70003 is mostly a wrong configuration, but a signature cut short on its way looks the same.
const resignCodes: ReadonlySet<number> = new Set([70001, 70003, 70052, 70221, 70347, 60004, 60005]);

/** The codes of one command: those that all have, and its own. */
export class ErrorCodes {
  private readonly entries: ReadonlyMap<number, ErrorCodeEntry>;

  constructor(...tables: readonly (readonly ErrorCodeRow[])[]) {
    this.entries = new Map(
      tables
        .flat()
        .flatMap(([codes, class_, meaning, remedy]) =>
          codes.map((code) => [code, { code, class: class_, meaning, remedy, resign: resignCodes.has(code) }]),
        ),
    );
  }

  get all(): readonly ErrorCodeEntry[] {
    return [...this.entries.values()];
  }

  classify(code: number): ErrorCodeEntry {
    return (
      this.entries.get(code) ?? {
        code,
        class: 'unknown',
        meaning: 'not a documented code of this command',
        remedy: 'look the code up in the list of Tencent Cloud, and report it to the developers of desk-bff',
        resign: false,
      }
    );
  }
}

/** What the code becomes once nothing more is tried (a new signature, a retry). */
export function errorOutcome(entry: ErrorCodeEntry): ErrorOutcome {
  return outcomes[entry.class];
}

/** Whether asking again after a pause may help. */
export function isTransient(entry: ErrorCodeEntry): boolean {
  return entry.class === 'transient';
}
