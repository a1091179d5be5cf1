import { createHash } from 'node:crypto';

/** An id in the name of a key: 132 bits of its SHA-256 in base64url, so that no name holds a session or a request. */
export function hashedId(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22);
}
