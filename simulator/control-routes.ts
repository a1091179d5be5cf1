import { ControlError } from './control-error.js';
import { readRecords, replaceRecords } from './control-records.js';
import { changeSession, readMessages, readSession } from './control-sessions.js';
import { changeWebhooks, readWebhooks } from './control-webhooks.js';
import { parseFault } from './fault.js';
import { type FaultScope } from './fault-plan.js';
import { isWholeNumber, type JsonObject } from './json-object.js';
import { MALFORMATIONS } from './malformed.js';
import { type Simulation } from './simulation.js';
import { pathOf } from './url-check.js';
import { makeUserSig } from './user-sig.js';

export interface ControlRequest {
  readonly id: string;
  readonly body: JsonObject;
  readonly query: URLSearchParams;
}

interface ControlRoute {
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (simulation: Simulation, request: ControlRequest) => unknown;
}

const SESSION = /^\/simulator\/sessions\/([^/]+)$/;

export const controlRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: /^\/simulator\/?$/, answer: overview },
  {
    method: 'POST',
    path: /^\/simulator\/reset$/,
    answer: (simulation) => {
      simulation.reset();
    },
  },
  { method: 'GET', path: /^\/simulator\/calls$/, answer: listCalls },
  {
    method: 'DELETE',
    path: /^\/simulator\/calls$/,
    answer: ({ traffic }) => {
      traffic.reset();
    },
  },
  {
    method: 'GET',
    path: /^\/simulator\/faults$/,
    answer: ({ faults }) => ({ faults: faults.list(), malformations: MALFORMATIONS }),
  },
  { method: 'POST', path: /^\/simulator\/faults$/, answer: planFault },
  {
    method: 'DELETE',
    path: /^\/simulator\/faults$/,
    answer: ({ faults }) => {
      faults.clear();
    },
  },
  { method: 'PUT', path: /^\/simulator\/limit$/, answer: setLimit },
  { method: 'PUT', path: /^\/simulator\/latency$/, answer: setLatency },
  { method: 'GET', path: /^\/simulator\/webhooks$/, answer: readWebhooks },
  { method: 'PUT', path: /^\/simulator\/webhooks$/, answer: changeWebhooks },
  { method: 'POST', path: /^\/simulator\/signatures\/refuse$/, answer: refuseSignatures },
  { method: 'GET', path: /^\/simulator\/signed-path$/, answer: signedPath },
  { method: 'GET', path: /^\/simulator\/sessions$/, answer: ({ sessions }) => ({ sessions: sessions.list() }) },
  { method: 'GET', path: SESSION, answer: readSession },
  { method: 'PUT', path: SESSION, answer: replaceSession },
  { method: 'PATCH', path: SESSION, answer: changeSession },
  { method: 'DELETE', path: SESSION, answer: removeSession },
  { method: 'POST', path: /^\/simulator\/sessions\/([^/]+)\/messages$/, answer: appendMessages },
  { method: 'GET', path: /^\/simulator\/records$/, answer: readRecords },
  { method: 'PUT', path: /^\/simulator\/records$/, answer: replaceRecords },
  {
    method: 'DELETE',
    path: /^\/simulator\/records$/,
    answer: ({ records }) => {
      records.reset();
    },
  },
];

function overview({ credentials, sessions, faults, rateLimit, latencyMs, traffic }: Simulation): unknown {
  const { sdkAppId, identifier } = credentials;
  const calls = { count: traffic.count, maxPerSecond: traffic.maxPerSecond, maxInFlight: traffic.maxInFlight };
  const knobs = { limit: rateLimit.rps, latencyMs, faults: faults.list() };
  return { sdkAppId, identifier, calls, ...knobs, sessions: sessions.list() };
}

function listCalls({ traffic }: Simulation, { query }: ControlRequest): unknown {
  const sessionId = query.get('sessionId');
  const last = Number(query.get('last') ?? Infinity);
  if (!(last >= 1)) throw new ControlError('last: must be a number of calls');
  const { count, maxPerSecond, inFlight, maxInFlight } = traffic;
  const calls = traffic.calls.filter((call) => sessionId === null || call.sessionId === sessionId).slice(-last);
  return { count, maxPerSecond, inFlight, maxInFlight, calls };
}

function planFault({ faults }: Simulation, { body }: ControlRequest): void {
  const fault = parseFault(body['fault']);
  if (!fault) throw new ControlError('fault: none of the faults in simulator/README.md');
  const { times = 1, skip = 0, sessionId, command, untilReset } = body;
  if (!isWholeNumber(times, 1) || !isWholeNumber(skip, 0)) throw new ControlError('times, skip: must be whole numbers');
  if (sessionId !== undefined && typeof sessionId !== 'string') throw new ControlError('sessionId: must be a string');
  if (command !== undefined && typeof command !== 'string') throw new ControlError('command: must be a string');
  const scope: FaultScope = {
    skip,
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(command === undefined ? {} : { command }),
  };
  if (untilReset === true) faults.untilReset(fault, scope);
  else faults.failNext(fault, { ...scope, times });
}

function setLimit({ rateLimit }: Simulation, { body: { rps } }: ControlRequest): void {
  if (rps !== null && !isWholeNumber(rps, 0))
    throw new ControlError('rps: must be a whole number, or null for no limit');
  rateLimit.set(rps);
}

function setLatency(simulation: Simulation, { body: { ms } }: ControlRequest): void {
  if (!isWholeNumber(ms, 0)) throw new ControlError('ms: must be a whole number');
  simulation.latencyMs = ms;
}

function refuseSignatures({ signatures }: Simulation, { body: { code = 70052 } }: ControlRequest): void {
  if (!isWholeNumber(code, 1)) throw new ControlError('code: must be a whole number');
  signatures.refuse(code);
}

/** Path and query of a call that this desk accepts for a day, since a UserSig cannot be made by hand. */
function signedPath({ credentials, now }: Simulation, { query }: ControlRequest): unknown {
  const command = query.get('command') ?? 'describe_chat_messages';
  const { sdkAppId, identifier } = credentials;
  const userSig = makeUserSig(credentials, Math.floor(now() / 1000));
  return {
    path: `${pathOf(command)}?sdkappid=${sdkAppId}&identifier=${identifier}&usersig=${userSig}&random=1&contenttype=json`,
  };
}

function replaceSession(simulation: Simulation, request: ControlRequest): unknown {
  simulation.sessions.set(request.id, readMessages(request.body));
  return changeSession(simulation, request);
}

function removeSession({ sessions }: Simulation, { id }: ControlRequest): void {
  if (!sessions.remove(id)) throw new ControlError('no such session', 404);
}

function appendMessages(simulation: Simulation, request: ControlRequest): unknown {
  simulation.append(request.id, readMessages(request.body));
  return readSession(simulation, request);
}
