import { describe, expect, it } from '@jest/globals';
import { readDeskAnswer } from './answer.js';
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
