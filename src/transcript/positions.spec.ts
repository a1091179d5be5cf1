import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Rig } from '../../test/transcripts-rig.js';
import { type PageQuery } from './query.js';
import { type TranscriptView } from './view.js';

async function read(rig: Rig, query: PageQuery): Promise<TranscriptView> {
  return (await rig.transcripts.read('session', query)).view;
}

function positionsIn({ first, slices }: TranscriptView): number[] {
  if (first === undefined) throw new Error('the session contradicts itself');
  const count = slices.reduce((sum, { from, to }) => sum + to - from, 0);
  return Array.from({ length: count }, (_, i) => first + i);
}

function textsIn({ slices }: TranscriptView): string[] {
  return slices.flatMap(({ messages, from, to }) =>
    Array.from({ length: to - from }, (_, i) => /"text":"([^"]*)"/.exec(messages.json(from + i).toString())?.[1] ?? ''),
  );
}

const growth = fc.array(
  fc.record({ count: fc.integer({ min: 0, max: 130 }), pauseMs: fc.integer({ min: 0, max: 70_000 }) }),
  {
    minLength: 1,
    maxLength: 8,
  },
);

describe('pages by position while the session grows', () => {
  test('read backwards miss and repeat nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 20, max: 100 }),
        growth,
        async (count, limit, steps) => {
          const rig = new Rig({ count, quietMs: 60_000 });
          const seen: number[] = [];
          let before = 2 ** 31 - 1;
          for (let step = 0; before > 0; step++) {
            const view = await read(rig, { limit, before, order: 'desc' });
            const positions = positionsIn(view);
            expect(textsIn(view)).toEqual(positions.map((position) => `message ${position}`));
            seen.unshift(...positions);
            const { count: more, pauseMs } = steps[step % steps.length] ?? { count: 0, pauseMs: 0 };
            rig.time += pauseMs;
            rig.desk.grow(more);
            before = positions[0] ?? 0;
          }
          expect(seen).toEqual(seen.map((_, i) => i));
          expect(seen).toHaveLength(count);
          expect(rig.contradictions).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('read forwards miss and repeat nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 20, max: 100 }),
        growth,
        async (count, limit, steps) => {
          const rig = new Rig({ count, quietMs: 60_000 });
          const seen: number[] = [0];
          for (const { count: more, pauseMs } of steps) {
            const view = await read(rig, { limit, after: seen.at(-1) ?? 0, order: 'asc' });
            expect(textsIn(view)).toEqual(positionsIn(view).map((position) => `message ${position}`));
            seen.push(...positionsIn(view));
            rig.desk.grow(more);
            rig.time += pauseMs;
          }
          expect(seen).toEqual(seen.map((_, i) => i));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a page by position', () => {
  test.each([
    ['desc', 90],
    ['desc', 250],
    ['asc', 90],
    ['asc', 250],
  ] as const)('costs no call after the same messages were read %s of %i', async (order, count) => {
    const rig = new Rig({ count });
    await rig.walk(order, 20);
    const calls = await rig.callsOf(async () => {
      for (let position = 0; position < count; position += 20) {
        await read(rig, { limit: 20, before: position + 20, order: 'desc' });
        await read(rig, { limit: 20, after: position - 1, order: 'asc' });
      }
    });
    expect(calls).toBe(0);
  });

  test.each([0, 150, 950, 1000, 1134, 1200, 1214])(
    'never costs more calls without a cache than by offset, at %i',
    async (first) => {
      const cold = async (query: PageQuery) => {
        const rig = new Rig({ count: 1234 });
        return rig.callsOf(() => read(rig, query));
      };
      const byOffset = Math.min(
        await cold({ limit: 20, offset: first, order: 'asc' }),
        await cold({ limit: 20, offset: 1234 - first - 20, order: 'desc' }),
      );
      expect(await cold({ limit: 20, before: first + 20, order: 'desc' })).toBeLessThanOrEqual(byOffset);
      expect(await cold({ limit: 20, after: first - 1, order: 'asc' })).toBeLessThanOrEqual(byOffset);
    },
  );

  test('before the first or after the last is empty', async () => {
    const rig = new Rig({ count: 30 });
    expect(positionsIn(await read(rig, { limit: 20, before: 0, order: 'desc' }))).toEqual([]);
    expect(positionsIn(await read(rig, { limit: 20, after: 29, order: 'asc' }))).toEqual([]);
    expect(positionsIn(await read(rig, { limit: 20, after: 2 ** 31 - 1, order: 'asc' }))).toEqual([]);
    expect(positionsIn(await read(rig, { limit: 20, before: 5000, order: 'desc' }))).toHaveLength(20);
  });
});

test('a session too long for the memory keeps its head and its last blocks', async () => {
  const rig = new Rig({ count: 2000, memoryBytes: 100_000 });
  const signal = new AbortController().signal;
  const calls = await rig.callsOf(async () => {
    for (let first = 0; first < 2000; first += 100) {
      await rig.transcripts.readInBackground('session', { first, end: first + 100 }, { signal, maxWaitMs: 0 });
    }
  });
  expect(calls).toBeLessThanOrEqual(21);
});
