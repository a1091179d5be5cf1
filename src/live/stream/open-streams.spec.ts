import { beforeEach, describe, expect, it } from '@jest/globals';
import { ProblemError } from '../../problem/problem.js';
import { OpenStreams } from './open-streams.js';

describe('the slots for streams', () => {
  let counts: number[];
  const places = (max: number, maxPerCaller: number) =>
    new OpenStreams({ max, maxPerCaller }, (count) => counts.push(count));

  beforeEach(() => {
    counts = [];
  });

  it('are limited in number, and free again after use', () => {
    const open = places(2, 0);
    const first = open.enter('ann');
    open.enter('ann');
    expect(() => open.enter('bob')).toThrow(ProblemError);
    open.leave(first);
    open.leave(first);
    open.enter('bob');
    expect(() => open.enter('bob')).toThrow('Too many streams are open.');
    expect(counts).toEqual([1, 2, 1, 2]);
  });

  it('are limited for each caller', () => {
    const open = places(10, 1);
    const first = open.enter('ann');
    expect(() => open.enter('ann')).toThrow('The caller has too many streams open.');
    open.enter('bob');
    open.leave(first);
    open.enter('ann');
  });

  it('are refused with Retry-After, and after the service stopped', () => {
    const open = places(10, 0);
    open.refuseOnceClosed();
    open.close('stopped');
    const refusal = expect.objectContaining({
      code: 'unavailable',
      details: expect.objectContaining({ retryAfterMs: 5000 }),
    });
    expect(() => open.enter('ann')).toThrow(refusal);
    expect(() => {
      open.refuseOnceClosed();
    }).toThrow(refusal);
  });
});
