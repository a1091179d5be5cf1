import { type IncomingMessage, type ServerResponse } from 'node:http';
import { sendJson } from './answer.js';
import { ControlError } from './control-error.js';
import { controlRoutes } from './control-routes.js';
import { isObject, type JsonObject } from './json-object.js';
import { readBytes } from './request-body.js';
import { type Simulation } from './simulation.js';

// Sessions of many thousand messages are set here in one request.
const MAX_BODY = 64 * 1024 * 1024;

/** The endpoints under /simulator: unlike the desk they answer in HTTP's own status codes. */
export async function answerControl(
  simulation: Simulation,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = readObject(await readBytes(request, MAX_BODY));
    const method = request.method ?? '';
    const route = controlRoutes.find((candidate) => candidate.method === method && candidate.path.test(url.pathname));
    if (!route) throw new ControlError(`no ${method} ${url.pathname} here; see simulator/README.md`, 404);
    const id = readId(route.path.exec(url.pathname)?.[1] ?? '');
    sendJson(response, route.answer(simulation, { id, body, query: url.searchParams }) ?? { ok: true });
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    sendJson(response, { error: error.message }, error.status);
  }
}

function readObject(bytes: Buffer | undefined): JsonObject {
  if (!bytes) throw new ControlError('the body is too large', 413);
  if (bytes.length === 0) return {};
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'));
    if (isObject(body)) return body;
  } catch {
    // Answered below: invalid JSON and JSON that is no object get the same answer.
  }
  throw new ControlError('the body must be a JSON object');
}

function readId(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ControlError('the session id is not valid percent-encoding');
  }
}
