import { describeChatMessagesCodes, type ErrorClass } from './error-codes.js';

/** What one ErrorCode of describe_chat_messages means for us. */
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
export type Outcome = 'invalid-request' | 'session-not-found' | 'rate-limited' | 'rejected' | 'lockout' | 'failed';

const outcomes: Readonly<Record<ErrorClass, Outcome>> = {
  'bad-request': 'rejected',
  'auth-expired': 'rejected',
  'auth-config': 'rejected',
  lockout: 'lockout',
  'rate-limit': 'rate-limited',
  transient: 'failed',
  'quota-billing': 'rejected',
  forbidden: 'rejected',
  'account-not-found': 'rejected',
  'session-not-found': 'session-not-found',
  'invalid-parameter': 'invalid-request',
  'not-applicable': 'failed',
  unknown: 'failed',
};

// Not the class alone: 70003 is mostly a wrong configuration, but a signature cut short on its way looks the same.
const resignCodes: ReadonlySet<number> = new Set([70001, 70003, 70052, 70221, 70347, 60004, 60005]);

const entries: ReadonlyMap<number, ErrorCodeEntry> = new Map(
  describeChatMessagesCodes.flatMap(([codes, class_, meaning, remedy]) =>
    codes.map((code) => [code, { code, class: class_, meaning, remedy, resign: resignCodes.has(code) }]),
  ),
);

export function classify(code: number): ErrorCodeEntry {
  return (
    entries.get(code) ?? {
      code,
      class: 'unknown',
      meaning: 'not a documented code of this command',
      remedy: 'look the code up in the list of Tencent Cloud, and report it to the developers of desk-bff',
      resign: false,
    }
  );
}

/** What the code becomes once nothing more is tried (a new signature, a retry). */
export function outcomeOf(entry: ErrorCodeEntry): Outcome {
  return outcomes[entry.class];
}

/** Whether asking again after a pause may help. */
export function isTransient(entry: ErrorCodeEntry): boolean {
  return entry.class === 'transient';
}
