import { describe, expect, it } from '@jest/globals';
import { getSessionState } from './get-session-state.js';

const read = (answer: object) => getSessionState.read({ ErrorCode: 0, ...answer }, { sessionId: 's' });

describe('An answer to get_session_state', () => {
  it('tells the state, and the agent if there is one', () => {
    expect(read({ CurrentState: 'INSEAT', AgentId: 'ann' })).toEqual({ currentState: 'INSEAT', agentId: 'ann' });
  });

  it.each([{}, { AgentId: '' }, { AgentId: null }, { AgentId: 7 }])('has no agent in %j', (change) => {
    expect(read({ CurrentState: 'FINISHED', ...change })).toEqual({ currentState: 'FINISHED', agentId: null });
  });

  it.each([{}, { CurrentState: null }, { CurrentState: 1 }])('is malformed where it is %j', (answer) => {
    expect(read(answer)).toBeUndefined();
  });
});

describe('The codes of get_session_state', () => {
  it.each([141005, 141010])('treat %i as a session that does not exist', (code) => {
    expect(getSessionState.codes.classify(code).class).toBe('not-found');
  });
});
