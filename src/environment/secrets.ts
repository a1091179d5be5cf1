import { splitList } from './address.js';
import { Unreadable } from './variable.js';

/** A caller's key as configured: its name, and the SHA-256 of the key itself. */
export interface ApiKey {
  readonly name: string;
  readonly digest: Buffer;
}

/** `name:sha256-hex` pairs, comma or newline separated. A name may have several keys, so that one can be replaced. */
export function apiKeys(text: string): readonly ApiKey[] | Unreadable {
  const keys: ApiKey[] = [];
  const owners = new Map<string, string>();
  for (const [index, entry] of entriesOf(text).entries()) {
    const [, name, hex] = /^([\w.-]+):([\da-f]{64})$/i.exec(entry) ?? [];
    if (name === undefined || hex === undefined) {
      return new Unreadable(
        `entry ${index + 1} is not name:sha256-hex (a name of A-Z a-z 0-9 _ . - and 64 hex digits)`,
      );
    }
    const digest = Buffer.from(hex, 'hex');
    const id = digest.toString('hex');
    const owner = owners.get(id);
    // With one key under two names it would be arbitrary whose limit is used and whose name is logged.
    if (owner !== undefined && owner !== name) {
      return new Unreadable(`entry ${index + 1} repeats the key of another name`);
    }
    if (owner === undefined) keys.push(Object.freeze({ name, digest }));
    owners.set(id, name);
  }
  return Object.freeze(keys);
}

/** A line that begins with `#` is a comment. Numbers in faults count only the remaining entries. */
function entriesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.trim().startsWith('#'))
    .flatMap(splitList)
    .filter((entry) => !entry.startsWith('#'));
}

export function encryptionKey(text: string): Buffer | Unreadable {
  const key = Buffer.from(text, 'base64');
  return key.length === 32 && /^[A-Za-z\d+/]{43}=?$/.test(text) ? key : new Unreadable('must be 32 bytes in base64');
}
