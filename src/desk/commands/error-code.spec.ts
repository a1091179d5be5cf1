import { describe, expect, it } from '@jest/globals';
import { commonCodes, deskCodes } from './common-codes.js';
import { describeChatMessages } from './describe-chat-messages.js';
import { type ErrorCodeEntry, type ErrorOutcome, errorOutcome, isTransient } from './error-code.js';

// Written out again from the table of errors in docs/api.md and Tencent's lists of error codes, not derived from the
// data under test.
const expected: Record<Exclude<ErrorOutcome, 'failed'> | 'transient' | 'not-applicable', number[]> = {
  'invalid-request': [141004],
  'not-found': [141010],
  'rate-limited': [60007, 60011, 60018, 60019, 72010],
  'command-rate-limited': [141009],
  lockout: [70050],
  rejected: [
    60002, 60003, 60004, 60005, 60006, 60009, 60010, 60012, 60015, 60016, 60017, 60020, 60021, 60025, 60026, 60027,
    60028, 70001, 70002, 70003, 70004, 70005, 70006, 70007, 70008, 70009, 70010, 70013, 70014, 70015, 70016, 70018,
    70019, 70020, 70051, 70052, 70101, 70102, 70103, 70104, 70105, 70106, 70107, 70113, 70114, 70115, 70140, 70145,
    70204, 70206, 70209, 70210, 70211, 70214, 70221, 70236, 70346, 70347, 70398, 70402, 70403, 72000, 72001, 72002,
    72011, 72012, 80005, 141000,
  ],
  transient: [
    60008, 60013, 60014, 70017, 70169, 70201, 70202, 70203, 70205, 70207, 70208, 70212, 70213, 70222, 70225, 70231,
    70308, 70348, 70362, 70401, 70500, 141002,
  ],
  'not-applicable': [70399, 70404, 71000, 80001, 80002, 80003, 80004],
};

const { codes } = describeChatMessages;

function codesOf(entries: readonly ErrorCodeEntry[]): number[] {
  return sorted(entries.map(({ code }) => code));
}

function sorted(codes: readonly number[]): number[] {
  return [...codes].sort((a, b) => a - b);
}

describe('the error table', () => {
  it('holds every documented code, once', () => {
    const documented = [...commonCodes, ...deskCodes].flatMap(([list]) => list);
    expect(sorted([...documented, 141010])).toEqual(sorted(Object.values(expected).flat()));
    expect(codesOf(codes.all)).toEqual(sorted(Object.values(expected).flat()));
  });

  it.each(['invalid-request', 'not-found', 'rate-limited', 'command-rate-limited', 'lockout', 'rejected'] as const)(
    'maps exactly the right codes to %s',
    (outcome) => {
      const entries = codes.all.filter((entry) => errorOutcome(entry) === outcome);
      expect(codesOf(entries)).toEqual(sorted(expected[outcome]));
    },
  );

  it('retries exactly the transient codes, and they end as failed', () => {
    expect(codesOf(codes.all.filter(isTransient))).toEqual(sorted(expected.transient));
    expect(expected.transient.every((code) => errorOutcome(codes.classify(code)) === 'failed')).toBe(true);
  });

  it('treats what a call that only reads cannot cause as a failure', () => {
    const outcomes = expected['not-applicable'].map((code) => errorOutcome(codes.classify(code)));
    expect(outcomes).toEqual(Array(7).fill('failed'));
  });

  it('signs again for exactly the codes that a new signature can fix', () => {
    const reSigned = codes.all.filter(({ reSign }) => reSign);
    expect(codesOf(reSigned)).toEqual([60004, 60005, 70001, 70003, 70052, 70221, 70347]);
  });

  it('names a remedy for every code', () => {
    for (const { meaning, remedy } of codes.all) {
      expect(meaning).not.toBe('');
      expect(remedy).not.toBe('');
    }
  });

  it.each([1, -1, 59999, 60000, 60001, 60022, 79999, 141001, 141005, 141020, 141027, 999999, 10150])(
    'treats %i, which this command does not document, as an unknown failure',
    (code) => {
      const entry = codes.classify(code);
      expect(entry).toMatchObject({ code, class: 'unknown', reSign: false });
      expect([errorOutcome(entry), isTransient(entry)]).toEqual(['failed', false]);
    },
  );
});
