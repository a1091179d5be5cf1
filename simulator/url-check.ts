import { type Credentials } from './credentials.js';
import { checkUserSig } from './user-sig-check.js';

const PREFIX = '/v4/desk_http_svc/';

const BAD_URL = 60002;
const NOT_THERE = 60009;
const BAD_PARAMETER = 60025;
const MAX_RANDOM = 4294967295;

export function pathOf(command: string): string {
  return PREFIX + command;
}

/** The command that a path names; undefined if it is under another service. */
export function commandIn({ pathname }: URL): string | undefined {
  return pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length) : undefined;
}

/** The ErrorCode for what is wrong with method or query, or 0. */
export function checkUrl(method: string, url: URL, desk: Credentials, nowMs: number): number {
  if (method !== 'POST') return NOT_THERE;
  const query = url.searchParams;
  // A duplicate parameter may be read differently behind the real desk's gateway.
  if (['sdkappid', 'identifier', 'usersig', 'random', 'contenttype'].some((name) => query.getAll(name).length > 1)) {
    return BAD_URL;
  }

  const sdkAppId = query.get('sdkappid') ?? '';
  if (sdkAppId === '') return 60012;
  if (!/^[1-9]\d{0,9}$/.test(sdkAppId)) return 60006;
  if (query.get('contenttype') !== 'json') return BAD_PARAMETER;
  const identifier = query.get('identifier') ?? '';
  if (identifier === '') return BAD_PARAMETER;
  if (!isRandom(query.get('random') ?? '')) return BAD_URL;
  if (Number(sdkAppId) !== desk.sdkAppId) return 70020;

  const refused = checkUserSig(query.get('usersig') ?? '', identifier, desk, nowMs);
  if (refused !== 0) return refused;
  // Any user of the application can hold a valid UserSig; only its administrator may call the REST API.
  return identifier === desk.identifier ? 0 : 60010;
}

function isRandom(text: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(text) && Number(text) <= MAX_RANDOM;
}
