import { deskFailure, type DeskFailure } from './desk-error.js';
import { type JsonObject } from './json-object.js';
import { readPageRequest } from './page-request.js';
import { readRecordsRequest } from './records-request.js';
import { type Simulation } from './simulation.js';

const BAD_JSON = 60003;
const BAD_PARAMETER = 141004;
const NO_SESSION = 141010;

/** A successful answer: `ErrorCode` 0 and the data. */
export interface DeskSuccess {
  readonly ActionStatus: 'OK';
  readonly ErrorCode: 0;
  readonly ErrorInfo: '';
}

export type DeskAnswer = (DeskSuccess & JsonObject) | DeskFailure;

/** The answer of each command to a body, once URL and UserSig are valid. */
export const commands: ReadonlyMap<string, (simulation: Simulation, body: JsonObject | undefined) => DeskAnswer> =
  new Map([
    ['describe_chat_messages', describeChatMessages],
    ['describe_im_cdr_list', describeImCdrList],
    ['get_session_state', getSessionState],
  ]);

const OK: DeskSuccess = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' };

function describeChatMessages(simulation: Simulation, body: JsonObject | undefined): DeskAnswer {
  const asked = readPageRequest(body);
  if (typeof asked === 'number') return deskFailure(asked);
  const session = simulation.sessions.find(asked.sessionId);
  return session ? { ...session.page(asked, simulation.recordsNow()) } : deskFailure(NO_SESSION);
}

function describeImCdrList({ records }: Simulation, body: JsonObject | undefined): DeskAnswer {
  const asked = readRecordsRequest(body);
  return typeof asked === 'number' ? deskFailure(asked) : { ...OK, ...records.page(asked) };
}

function getSessionState({ sessions }: Simulation, body: JsonObject | undefined): DeskAnswer {
  if (!body) return deskFailure(BAD_JSON);
  const { SessionId: id } = body;
  if (typeof id !== 'string' || id === '') return deskFailure(BAD_PARAMETER);
  const session = sessions.find(id);
  if (!session) return deskFailure(NO_SESSION);
  const { currentState, agentId } = session.state;
  return { ...OK, SessionId: id, CurrentState: currentState, AgentId: agentId };
}
