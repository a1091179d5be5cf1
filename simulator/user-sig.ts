import { createHmac } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type Credentials } from './credentials.js';

/** A UserSig for specs and for use with curl. Independent of the service's own implementation. */
export function makeUserSig(
  { sdkAppId, secretKey, identifier }: Credentials,
  time: number,
  expire = 86400,
  userBuf?: string,
): string {
  const buffer = userBuf === undefined ? '' : `TLS.userbuf:${userBuf}\n`;
  const signed = `TLS.identifier:${identifier}\nTLS.sdkappid:${sdkAppId}\nTLS.time:${time}\nTLS.expire:${expire}\n${buffer}`;
  const ticket = {
    'TLS.ver': '2.0',
    'TLS.identifier': identifier,
    'TLS.sdkappid': sdkAppId,
    'TLS.time': time,
    'TLS.expire': expire,
    ...(userBuf === undefined ? {} : { 'TLS.userbuf': userBuf }),
    'TLS.sig': createHmac('sha256', secretKey).update(signed).digest('base64'),
  };
  return packUserSig(JSON.stringify(ticket));
}

/** Level 0 gives the same bytes on every build of zlib. */
export function packUserSig(text: string): string {
  const base64 = deflateSync(text, { level: 0 }).toString('base64');
  return base64.replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_');
}
