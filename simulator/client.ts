import { type JsonObject, isObject } from './json-object.js';
import { type Simulator } from './simulator.js';
import { pathOf } from './url-check.js';
import { makeUserSig } from './user-sig.js';

/** How specs call the desk; each parameter of a valid call can be replaced, or left out with null. */
export function deskUrl(
  desk: Simulator,
  change: Readonly<Record<string, string | null>> = {},
  command = 'describe_chat_messages',
): string {
  const right: Record<string, string | null> = {
    sdkappid: String(desk.sdkAppId),
    identifier: desk.identifier,
    usersig: makeUserSig(desk, Math.floor(Date.now() / 1000)),
    random: '99999999',
    contenttype: 'json',
    ...change,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(right)) if (value !== null) query.set(name, value);
  return `${desk.url}${pathOf(command)}?${query.toString()}`;
}

export async function ask(desk: Simulator, body: unknown, change: Readonly<Record<string, string | null>> = {}) {
  const response = await fetch(deskUrl(desk, change), { method: 'POST', body: JSON.stringify(body) });
  return readAnswer(response);
}

/** The JSON object of an answer; throws if there is none. */
export async function readAnswer(response: Response): Promise<JsonObject> {
  const answer: unknown = await response.json();
  if (!isObject(answer)) throw new Error('the answer is no JSON object');
  return answer;
}

export async function control(desk: Simulator, method: string, path: string, body?: unknown): Promise<JsonObject> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  return readAnswer(await fetch(`${desk.url}/simulator${path}`, init));
}
