import { type DeskCommand } from './command.js';
import { callersDoing, commonCodes, deskCodes } from './common-codes.js';
import { ErrorCodes } from './error-code.js';

/** Who serves a session now. `agentId` is set while an agent is asked to take it, or has it. */
export interface DeskSessionState {
  readonly currentState: string;
  readonly agentId: string | null;
}

/** The state of a session (document "Query the Session State of a User", CN679/116639). */
export const getSessionState: DeskCommand<{ readonly sessionId: string }, DeskSessionState> = {
  name: 'get_session_state',
  body: ({ sessionId }) => ({ SessionId: sessionId }),
  read: ({ CurrentState: currentState, AgentId: agentId }) => {
    if (typeof currentState !== 'string') return undefined;
    return { currentState, agentId: typeof agentId === 'string' && agentId !== '' ? agentId : null };
  },
  codes: new ErrorCodes(commonCodes, deskCodes, [
    [[141005, 141010], 'not-found', 'the session does not exist, or has ended', callersDoing],
  ]),
};
