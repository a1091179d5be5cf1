import { type Examples } from '../http/http.openapi.js';
import { SESSION_ID } from '../http/parameters.openapi.js';

const session = {
  id: SESSION_ID,
  startedAt: '2024-11-01T06:38:56Z',
  durationSeconds: 10,
  channel: 'SDK',
  client: { id: '1299314544', nickname: '山浓' },
  agent: { id: 'shannon@qq.com' },
  group: { id: '3067', name: '在线客服' },
  endStatus: 'AgentEndedSession',
  satisfaction: 5,
};
const period = { from: '2024-10-31T16:00:00Z', to: '2024-11-01T15:59:59Z' };
const page = { limit: 20, offset: 0, total: 1, nextOffset: null };

export const listExamples: Examples = {
  page: { summary: 'A page', value: { period, sessions: [session], page } },
  empty: { summary: 'No sessions', value: { period, sessions: [], page: { ...page, total: 0 } } },
};

export const stateExamples: Examples = {
  agent: { summary: 'An agent serves it', value: { id: SESSION_ID, state: 'agent', agent: { id: 'test@qq.com' } } },
  ended: { summary: 'It has ended', value: { id: SESSION_ID, state: 'not-in-session', agent: { id: null } } },
};

export const LIST_FILES = {
  ndjson: [
    { type: 'session', ...session },
    { type: 'end', total: 1 },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
  csv:
    'id,startedAt,durationSeconds,channel,clientId,clientNickname,agentId,groupId,groupName,endStatus,satisfaction\r\n' +
    `${SESSION_ID},2024-11-01T06:38:56Z,10,SDK,1299314544,山浓,shannon@qq.com,3067,在线客服,AgentEndedSession,5\r\n`,
};
