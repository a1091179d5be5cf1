import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expected, Rig, seen, statesSince, windowOf } from '../../test/transcripts-rig.js';
import { type TranscriptView } from './view.js';
import { type Window } from './query.js';

const aWindow = fc
  .record({
    limit: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constantFrom(1, 20, 100)),
    offset: fc.oneof(fc.integer({ min: 0, max: 450 }), fc.constantFrom(0, 99, 100, 101, 2147483647)),
    order: fc.constantFrom('asc' as const, 'desc' as const),
  })
  .map(windowOf);

type Step =
  | { readonly kind: 'read'; readonly windows: readonly Window[]; readonly noCache: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'grow'; readonly count: number; readonly isMeanwhile: boolean };

const aRead: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('read' as const),
  windows: fc.array(aWindow, { minLength: 1, maxLength: 4 }),
  noCache: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});
const aWait: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('wait' as const),
  ms: fc.constantFrom(0, 1, 1000, 2500, 20_000, 70_000, 400_000, 4_000_000),
});
const aGrowth: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('grow' as const),
  count: fc.constantFrom(1, 1, 1, 2, 7, 99, 100, 101, 150),
  isMeanwhile: fc.boolean(),
});

const policies = fc.constantFrom(
  {},
  { staleWhileRevalidateMs: 0, staleIfErrorMs: 0 },
  { freshMinMs: 0, freshMaxMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 },
  { sealAfterMs: 0 },
);

/** The page must be one that the desk would have given at a moment within the age of the page. */
function expectDeskAnswer(rig: Rig, window: Window, view: TranscriptView, noCache: boolean, startedAt: number): void {
  const from = noCache ? startedAt : rig.time - (view.lifetimeMs - view.remainingMs);
  const page = seen(view, window);
  const hasPositions = view.first !== undefined;
  const truths = statesSince(rig.desk, from).map((state) => expected(state, window, hasPositions));
  expect(truths).toContainEqual(page);
}

async function run(rig: Rig, steps: readonly Step[], check = expectDeskAnswer): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'wait') rig.time += step.ms;
    else if (step.kind === 'grow') {
      const grow = () => {
        rig.desk.grow(step.count);
      };
      if (step.isMeanwhile) rig.desk.meanwhile.push(grow);
      else grow();
    } else {
      const startedAt = rig.time;
      const { noCache } = step;
      await Promise.all(
        step.windows.map(async (window) => {
          const { view } = await rig.read(window, { noCache });
          check(rig, window, view, noCache, startedAt);
        }),
      );
    }
  }
}

const steps = (...kinds: fc.Arbitrary<Step>[]) => fc.array(fc.oneof(aRead, aRead, aWait, ...kinds), { maxLength: 25 });
const counts = fc.oneof(fc.integer({ min: 0, max: 330 }), fc.constantFrom(0, 1, 99, 100, 101, 200, 300));

describe('any window of a session', () => {
  it('is what the desk would have answered, while the session grows, also between calls', async () => {
    const property = fc.asyncProperty(counts, policies, steps(aGrowth), async (count, policy, steps) => {
      const rig = new Rig({ count, policy });
      await run(rig, steps);
      expect(rig.contradictions).toBe(0);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('is what the desk would have answered, while nothing is kept in memory', async () => {
    const property = fc.asyncProperty(counts, steps(aGrowth), async (count, steps) => {
      await run(new Rig({ count, memoryBytes: 0 }), steps);
    });
    await fc.assert(property, { numRuns: 30 });
  });

  it('is what the desk would have answered, when the session shrinks', async () => {
    const property = fc.asyncProperty(counts, steps(), counts, steps(), async (count, before, kept, after) => {
      const rig = new Rig({ count });
      await run(rig, before);
      rig.desk.shrinkTo(kept);
      await run(rig, after);
    });
    await fc.assert(property, { numRuns: 80 });
  });

  it("is what the desk would have answered, when the desk's total is too high", async () => {
    const excesses = fc.integer({ min: 1, max: 120 });
    const property = fc.asyncProperty(counts, excesses, steps(), async (count, totalError, steps) => {
      const rig = new Rig({ count });
      rig.desk.become({ totalError });
      await run(rig, steps);
    });
    await fc.assert(property, { numRuns: 80 });
  });

  it('is what the desk would have answered in ascending order, when the descending order is no mirror of it', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 101, max: 330 }), steps(), async (count, steps) => {
      const rig = new Rig({ count });
      rig.desk.become({ isContradictory: true });
      await run(rig, steps.map(oldestFirst));
    });
    await fc.assert(property, { numRuns: 80 });
  });

  it('shows an edited message as it was at some moment within the bound, and never an older state again', async () => {
    const edits = fc.array(fc.record({ position: fc.nat(249), wait: fc.constantFrom(1, 1000, 7000), window: aWindow }));
    const property = fc.asyncProperty(fc.constantFrom(30, 130, 250), edits, async (count, edits) => {
      const rig = new Rig({ count, quietMs: 0, policy: { staleWhileRevalidateMs: 0, staleIfErrorMs: 0 } });
      const latest = new Map<number, number>();
      for (const [version, { position, wait, window }] of edits.entries()) {
        rig.desk.edit(position % count, `version ${version + 1}`);
        rig.time += wait;
        for (const [at, edit] of editsSeen((await rig.read(window)).view, window)) {
          expect(edit).toBeGreaterThanOrEqual(latest.get(at) ?? 0);
          latest.set(at, edit);
        }
      }
    });
    await fc.assert(property, { numRuns: 80 });
  });
});

function oldestFirst(step: Step): Step {
  if (step.kind !== 'read') return step;
  return { ...step, windows: step.windows.map((window) => ({ ...window, order: 'asc' })) };
}

/** Position and edit number of every message of a page; 0 if it was not edited. */
function editsSeen(view: TranscriptView, window: Window): (readonly [number, number])[] {
  return seen(view, window).rows.map((row) => {
    const position = Number(row.split(' ')[0]);
    return [position, Number(/version (\d+)/.exec(row)?.[1] ?? 0)] as const;
  });
}
