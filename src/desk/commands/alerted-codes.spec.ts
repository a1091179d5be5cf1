import { describe, expect, it } from '@jest/globals';
import { matches, selectorsOf } from '../../../test/promql.js';
import { ruleQueries } from '../../../test/written-queries.js';
import { commands } from './commands.js';
import { type ErrorCodeEntry, type ErrorOutcome, errorOutcome } from './error-code.js';

const ALERT = 'DeskBffUpstreamRejected';

/** How soon a code of desk_calls_total raises the alert. */
type Alarm = 'at once' | 'after a few' | 'never';

const alarms: Readonly<Record<ErrorOutcome, Alarm>> = {
  rejected: 'at once',
  lockout: 'at once',
  // Temporary, or caused by the caller's input.
  'rate-limited': 'never',
  'command-rate-limited': 'never',
  'invalid-request': 'never',
  'not-found': 'never',
  // Nobody expects such an answer, so somebody should look; a transient one is the exception.
  failed: 'at once',
};

function due(entry: ErrorCodeEntry): Alarm {
  if (entry.reSign) return 'after a few';
  return entry.class === 'transient' ? 'never' : alarms[errorOutcome(entry)];
}

/** The codes that the two halves of the rule's expression match, in their order. */
const halves = ruleQueries()
  .filter(({ where }) => where.endsWith(ALERT))
  .flatMap(({ promql }) => selectorsOf(promql))
  .map(({ matchers }) => matchers.filter(({ label }) => label === 'code'));

function raised(code: string): Alarm[] {
  const taken = halves.map((matchers) => matchers.every((matcher) => matches(matcher, code)));
  const found = (['at once', 'after a few'] as const).filter((_, half) => taken[half]);
  return found.length === 0 ? ['never'] : found;
}

describe(`the alert ${ALERT}`, () => {
  it('has one half for codes that alert at once, and one for codes that a new signature may fix', () => {
    expect(halves.map((matchers) => matchers.length > 0)).toEqual([true, true]);
  });

  describe.each(commands)('about $name', ({ codes }) => {
    it.each(['at once', 'after a few', 'never'] as const)('is raised %s by exactly the codes that should', (alarm) => {
      const isRaised = codes.all.filter(({ code }) => raised(String(code)).includes(alarm)).map(({ code }) => code);
      const isDue = codes.all.filter((entry) => due(entry) === alarm).map(({ code }) => code);
      expect(isRaised).toEqual(isDue);
    });

    it.each([60001, 70999, 80006])('is raised by %i, a common code that the table does not list', (code) => {
      expect(codes.classify(code).class).toBe('unknown');
      expect(raised(String(code))).toEqual(['at once']);
    });
  });

  it.each(['0', 'timeout', 'network', 'broken'])('is not raised by %s, which is no refusal', (code) => {
    expect(raised(code)).toEqual(['never']);
  });
});
