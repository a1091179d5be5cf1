/** Classes of ErrorCodes: by the remedy in Tencent's "Error Code" document, and by the table of errors in docs/api.md. */
export type ErrorClass =
  /** Our URL or body is wrong: a bug. */
  | 'bad-request'
  /** The signature is no longer, or perhaps not, accepted. */
  | 'auth-expired'
  /** Key, application, administrator or address are wrong: the operator must act, and a retry never helps. */
  | 'auth-config'
  /** Verification failed too often: the desk refuses all calls for a minute. */
  | 'lockout'
  /** Limits the application: no command is called for a while. */
  | 'rate-limit'
  /** Limits only the command that was called. */
  | 'command-rate-limit'
  | 'transient'
  | 'quota-billing'
  | 'forbidden'
  /** The administrator's account does not exist. */
  | 'account-not-found'
  | 'not-found'
  | 'invalid-parameter'
  /** Documented, but only for calls that write. */
  | 'not-applicable'
  | 'unknown';

export type ErrorCodeRow = readonly [codes: readonly number[], class_: ErrorClass, meaning: string, remedy: string];

/** What one ErrorCode of a command means for this service. */
export interface ErrorCodeEntry {
  readonly code: number;
  readonly class: ErrorClass;
  readonly meaning: string;
  /** What the operator must do: for the log, never for a client. */
  readonly remedy: string;
  /** A new signature may help: sign again and repeat the call once. */
  readonly reSign: boolean;
}

/** The rows of the table of errors in docs/api.md that an ErrorCode can lead to. */
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

// Not derived from the class: 70003 is mostly a wrong configuration, but a truncated signature causes it too.
const reSignCodes: ReadonlySet<number> = new Set([70001, 70003, 70052, 70221, 70347, 60004, 60005]);

/** The codes of one command: the common ones and its own. */
export class ErrorCodes {
  private readonly entries: ReadonlyMap<number, ErrorCodeEntry>;

  constructor(...tables: readonly (readonly ErrorCodeRow[])[]) {
    this.entries = new Map(
      tables
        .flat()
        .flatMap(([codes, class_, meaning, remedy]) =>
          codes.map((code) => [code, { code, class: class_, meaning, remedy, reSign: reSignCodes.has(code) }]),
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
        reSign: false,
      }
    );
  }
}

/** The final outcome, after re-signing and retries. */
export function errorOutcome(entry: ErrorCodeEntry): ErrorOutcome {
  return outcomes[entry.class];
}

/** Whether a retry after a pause may help. */
export function isTransient(entry: ErrorCodeEntry): boolean {
  return entry.class === 'transient';
}
