import { createHmac, timingSafeEqual } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { type Credentials } from './credentials.js';
import { isObject, isWholeNumber, type JsonObject } from './json-object.js';

const EMPTY = 70002;
const UNREADABLE = 70003;
const EXPIRED = 70001;
const WRONG_KEY = 70009;
const WRONG_USER = 70013;
const WRONG_APP = 70014;

/** The ErrorCode with which the desk refuses this UserSig, or 0. The checks come in the order of Tencent's own verifier. */
export function checkUserSig(userSig: string, identifier: string, desk: Credentials, nowMs: number): number {
  if (userSig === '') return EMPTY;
  const ticket = unpack(userSig);
  if (!ticket || ticket['TLS.ver'] !== '2.0') return UNREADABLE;

  const { 'TLS.time': time, 'TLS.expire': expire, 'TLS.sig': sig, 'TLS.userbuf': userBuf } = ticket;
  if (!isWholeNumber(time, 0) || !isWholeNumber(expire, 0) || typeof sig !== 'string') return UNREADABLE;
  if (userBuf !== undefined && typeof userBuf !== 'string') return UNREADABLE;
  if (ticket['TLS.sdkappid'] !== desk.sdkAppId) return WRONG_APP;
  if (ticket['TLS.identifier'] !== identifier) return WRONG_USER;
  if (Math.floor(nowMs / 1000) > time + expire) return EXPIRED;

  const lines = [
    `TLS.identifier:${identifier}`,
    `TLS.sdkappid:${desk.sdkAppId}`,
    `TLS.time:${time}`,
    `TLS.expire:${expire}`,
    ...(userBuf === undefined ? [] : [`TLS.userbuf:${userBuf}`]),
  ];
  // The key is used as text, not as the bytes of its hexadecimal digits.
  const expected = createHmac('sha256', desk.secretKey)
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest();
  const given = Buffer.from(sig, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected) ? 0 : WRONG_KEY;
}

function unpack(userSig: string): JsonObject | undefined {
  // Buffer.from accepts base64url and missing padding; the desk does not, so the alphabet is checked first.
  if (!/^[A-Za-z0-9*-]+_{0,2}$/.test(userSig) || userSig.length % 4 !== 0) return undefined;
  const base64 = userSig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
  try {
    const text = inflateSync(Buffer.from(base64, 'base64'), { maxOutputLength: 16384 }).toString('utf8');
    const ticket: unknown = JSON.parse(text);
    return isObject(ticket) ? ticket : undefined;
  } catch {
    return undefined;
  }
}
