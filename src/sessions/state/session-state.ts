import { type DeskSessionState } from '../../desk/commands/get-session-state.js';
import { isJsonObject, parseJson } from '../../json.js';

/** The state of a session, as it is served. */
export interface SessionState {
  readonly id: string;
  readonly state: StateName;
  readonly agent: { readonly id: string | null };
}

export const stateNames = ['not-in-session', 'chatbot', 'waiting-for-agent', 'queueing', 'agent', 'unknown'] as const;

export type StateName = (typeof stateNames)[number];

const NAMES: ReadonlyMap<string, StateName> = new Map([
  ['NotInSession', 'not-in-session'],
  ['Chatbot', 'chatbot'],
  ['WaitingForAgentAnswering', 'waiting-for-agent'],
  ['Queueing', 'queueing'],
  ['Agent', 'agent'],
]);

export function sessionStateOf(id: string, { currentState, agentId }: DeskSessionState): SessionState {
  return { id, state: NAMES.get(currentState) ?? 'unknown', agent: { id: agentId } };
}

export function encodeSessionState(state: SessionState): Buffer {
  return Buffer.from(JSON.stringify(state));
}

export function decodeSessionState(payload: Buffer): SessionState | undefined {
  const json = parseJson(payload.toString('utf8'));
  if (!isJsonObject(json) || !isJsonObject(json['agent'])) return undefined;
  const { id } = json;
  const state = stateNames.find((name) => name === json['state']);
  const agentId = json['agent']['id'];
  if (typeof id !== 'string' || state === undefined) return undefined;
  return typeof agentId === 'string' || agentId === null ? { id, state, agent: { id: agentId } } : undefined;
}
