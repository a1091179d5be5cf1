import { describe, expect, it } from '@jest/globals';
import { classify, isTransient, outcomeOf, type Outcome } from './error-code.js';
import { describeChatMessagesCodes } from './error-codes.js';

// Written out once more, from the README's table of errors and Tencent's lists of error codes, not from the data under test.
const expected: Record<Exclude<Outcome, 'failed'> | 'transient' | 'not-applicable', number[]> = {
  'invalid-request': [141004],
  'session-not-found': [141010],
  'rate-limited': [60007, 60011, 60018, 60019, 72010, 141009],
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

const known = describeChatMessagesCodes.flatMap(([codes]) => codes);

function sorted(codes: readonly number[]): number[] {
  return [...codes].sort((a, b) => a - b);
}

describe('the error table', () => {
  it('holds every documented code, once', () => {
    expect(sorted(known)).toEqual(sorted(Object.values(expected).flat()));
  });

  it.each(['invalid-request', 'session-not-found', 'rate-limited', 'lockout', 'rejected'] as const)(
    'knows exactly which codes become %s',
    (outcome) => {
      expect(sorted(known.filter((code) => outcomeOf(classify(code)) === outcome))).toEqual(sorted(expected[outcome]));
    },
  );

  it('asks again for exactly the transient codes, and they end as failed', () => {
    expect(sorted(known.filter((code) => isTransient(classify(code))))).toEqual(sorted(expected.transient));
    expect(expected.transient.every((code) => outcomeOf(classify(code)) === 'failed')).toBe(true);
  });

  it('takes what a call that only reads cannot cause for a failure', () => {
    expect(expected['not-applicable'].map((code) => outcomeOf(classify(code)))).toEqual(Array(7).fill('failed'));
  });

  it('signs again for exactly the codes a new signature can help', () => {
    const resigned = known.filter((code) => classify(code).resign);
    expect(sorted(resigned)).toEqual([60004, 60005, 70001, 70003, 70052, 70221, 70347]);
  });

  it('tells the operator something for every code', () => {
    for (const entry of known.map(classify)) {
      expect(entry.meaning).not.toBe('');
      expect(entry.remedy).not.toBe('');
    }
  });

  it.each([1, -1, 59999, 60000, 60001, 60022, 79999, 141001, 141005, 141020, 141027, 999999, 10150])(
    'takes %i, which this command does not document, for a failure that nothing is known about',
    (code) => {
      const entry = classify(code);
      expect(entry).toMatchObject({ code, class: 'unknown', resign: false });
      expect([outcomeOf(entry), isTransient(entry)]).toEqual(['failed', false]);
    },
  );
});
