import { describe, expect, it } from '@jest/globals';
import { Rig } from '../../test/transcripts-rig.js';

const COUNT = 2000;
const BLOCKS = COUNT / 100;

/** Approximate memory of the whole session. */
async function sessionBytes(): Promise<number> {
  const { view } = await new Rig({ count: 100 }).read({ order: 'asc', limit: 100 });
  const bytes = view.slices.reduce((sum, { messages }) => sum + messages.byteLength, 0);
  return bytes * BLOCKS;
}

async function rigWith(shareOfSession: number): Promise<Rig> {
  return new Rig({ count: COUNT, memoryBytes: Math.floor((await sessionBytes()) * shareOfSession) });
}

describe('a session that takes much of the memory', () => {
  it('is kept whole if it fits and leaves room for others', async () => {
    const rig = await rigWith(1.4);
    await rig.walk('asc', 100);
    expect(await rig.callsOf(() => rig.walk('asc', 100))).toBe(0);
  });

  it('too long to be kept costs a second walk only the blocks there was no room for', async () => {
    const rig = await rigWith(0.75);
    await rig.walk('asc', 100);
    // Room for 12 of 20 blocks: 2 for the last ones, the others for the first ones.
    for (let walks = 0; walks < 3; walks++) {
      expect(await rig.callsOf(() => rig.walk('asc', 100))).toBeLessThanOrEqual(BLOCKS * 0.55);
    }
  });

  it.each(['asc', 'desc'] as const)(
    'too long to be kept can be read in small pages, %s, for one call a block',
    async (order) => {
      const rig = await rigWith(0.4);
      for (let walks = 0; walks < 2; walks++) {
        expect(await rig.callsOf(() => rig.walk(order, 20))).toBeLessThanOrEqual(BLOCKS + 1);
      }
    },
  );

  it('too long to be kept serves a client that reads back and forth at one place', async () => {
    const rig = await rigWith(0.75);
    await rig.walk('asc', 100);
    const there = async () => {
      for (const offset of [1400, 1300, 1400]) await rig.read({ order: 'asc', offset, limit: 100 });
    };
    await there();
    expect(await rig.callsOf(there)).toBe(0);
  });
});
