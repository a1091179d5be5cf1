import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonSize, readDeskAnswer } from './answer.js';
import { getSessionState } from './commands/get-session-state.js';

const read = (body: string) => readDeskAnswer(getSessionState, { sessionId: 's' }, Buffer.from(body));

describe('readDeskAnswer', () => {
  it('reads the answer of a command if ErrorCode is 0', () => {
    const answer = { currentState: 'FINISHED', agentId: null };
    expect(read('{"ErrorCode":0,"CurrentState":"FINISHED"}')).toEqual({ code: 0, answer });
  });

  it('rejects an answer that is not of this command', () => {
    expect(read('{"ErrorCode":0}')).toBeUndefined();
  });

  it('reads an ErrorCode whatever else the body holds', () => {
    expect(read('{"ErrorCode":141010,"CurrentState":7}')).toEqual({ code: 141010, answer: null });
    expect(read('{"ErrorCode":-1}')).toEqual({ code: -1, answer: null });
  });

  it.each([
    '',
    'null',
    '[]',
    '7',
    '"OK"',
    '<html>',
    '{"ErrorCode":0',
    '{}',
    '{"ErrorCode":"0"}',
    '{"ErrorCode":0.5}',
    '{"ErrorCode":null}',
    '{"ErrorCode":1e999}',
  ])('rejects %j', (body) => {
    expect(read(body)).toBeUndefined();
  });
});

describe('jsonSize', () => {
  it.each([
    ['0', 1, 0],
    ['[]', 2, 1],
    ['[1,2]', 3, 1],
    ['{"a":[{}],"b":[[]]}', 7, 3],
    ['{"a,[{":"\\\\",",":"\\"[[["}', 3, 1],
  ])('counts in %s at most %i values, %i levels deep', (text, values, levels) => {
    expect(jsonSize(text)).toEqual({ values, levels });
  });

  it('never counts too few values, and does not take text for structure', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { values, levels } = jsonSize(JSON.stringify(value));
        expect(levels).toBe(depthOf(value));
        expect(values).toBeGreaterThanOrEqual(countOf(value));
        expect(values).toBeLessThanOrEqual(2 * countOf(value));
      }),
    );
  });
});

function childrenOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function countOf(value: unknown): number {
  return childrenOf(value).reduce<number>((sum, child) => sum + countOf(child), 1);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...childrenOf(value).map(depthOf));
}
