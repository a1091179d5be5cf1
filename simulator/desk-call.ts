import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { sendJson } from './answer.js';
import { commands, type DeskAnswer } from './commands.js';
import { deskFailure } from './desk-error.js';
import { misbehave } from './misbehave.js';
import { parseBody } from './page-request.js';
import { readBytes } from './request-body.js';
import { type Simulation } from './simulation.js';
import { hashOf } from './traffic.js';
import { checkUrl, commandIn } from './url-check.js';
import { type JsonObject } from './json-object.js';

const MAX_BODY = 64 * 1024;
const NOT_THERE = 60009;

/** One call under /v4/: HTTP 200 in every case, unless a fault is planned. */
export async function answerDeskCall(
  simulation: Simulation,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { traffic, rateLimit, faults } = simulation;
  const bytes = await readBytes(request, MAX_BODY);
  const body = bytes && parseBody(bytes);
  const method = request.method ?? '';
  const command = commandIn(url) ?? null;
  const call = traffic.arrives(method, command, url.searchParams, body);
  response.once('close', () => {
    traffic.leaves();
  });

  // Both are decided when the call arrives: a slow answer must not change which call gets the next fault.
  const admitted = rateLimit.admit();
  const fault = admitted ? faults.take(call) : undefined;
  if (simulation.latencyMs > 0) await pause(simulation.latencyMs, undefined, { ref: false });

  const answer = admitted ? rightAnswer(simulation, method, url, body) : deskFailure(141009);
  call.fault = fault?.kind ?? null;
  if (fault) {
    call.errorCode = fault.kind === 'error' ? fault.code : null;
    await misbehave(response, fault, { ...answer });
    return;
  }
  call.errorCode = answer.ErrorCode;
  sendJson(response, answer);
}

function rightAnswer(simulation: Simulation, method: string, url: URL, body: JsonObject | undefined): DeskAnswer {
  const answer = commands.get(commandIn(url) ?? '');
  if (!answer) return deskFailure(NOT_THERE);
  const refused =
    checkUrl(method, url, simulation.credentials, simulation.now()) ||
    simulation.signatures.check(hashOf(url.searchParams.get('usersig')));
  return refused === 0 ? answer(simulation, body) : deskFailure(refused);
}
