import { describe, expect, it } from '@jest/globals';
import { ProblemError } from '../problem/problem.js';
import { FileSlots } from './file-slots.js';

const take = (slots: FileSlots, caller: string, count: number) =>
  Array.from({ length: count }, () => slots.take(caller));

describe('the slots for files', () => {
  it('are ten for a caller', () => {
    const slots = new FileSlots();
    take(slots, 'ann', 10);
    expect(() => slots.take('ann')).toThrow('Too many files of this caller are under way.');
    expect(() => slots.take('bob')).not.toThrow();
  });

  it('are twenty for all', () => {
    const slots = new FileSlots();
    take(slots, 'ann', 10);
    take(slots, 'bob', 10);
    expect(() => slots.take('cleo')).toThrow('Too many files are under way.');
  });

  it('are refused with Retry-After', () => {
    const slots = new FileSlots();
    take(slots, 'ann', 10);
    const error = new ProblemError('unavailable', {
      detail: 'Too many files of this caller are under way.',
      retryAfterMs: 5000,
    });
    expect(() => slots.take('ann')).toThrow(expect.objectContaining({ code: error.code, details: error.details }));
  });

  it('are free again once released', () => {
    const slots = new FileSlots();
    const [first] = take(slots, 'ann', 10);
    take(slots, 'bob', 10);
    first?.();
    expect(() => slots.take('bob')).toThrow(ProblemError);
    slots.take('cleo');
    expect(() => slots.take('ann')).toThrow(ProblemError);
  });

  it('are as many as were released', () => {
    const slots = new FileSlots();
    take(slots, 'ann', 10)[0]?.();
    slots.take('ann');
    expect(() => slots.take('ann')).toThrow(ProblemError);
  });

  it('are counted for each caller separately, also when another releases its last one', () => {
    const slots = new FileSlots();
    take(slots, 'bob', 10);
    for (let times = 0; times < 2; times++) for (const giveBack of take(slots, 'ann', 10)) giveBack();
    expect(() => slots.take('bob')).toThrow(ProblemError);
  });

  it('keep no entry for callers without files', () => {
    const slots = new FileSlots();
    for (let i = 0; i < 100; i++) slots.take(`caller-${i}`)();
    take(slots, 'ann', 10);
    take(slots, 'bob', 10);
    expect(() => slots.take('cleo')).toThrow(ProblemError);
  });
});
