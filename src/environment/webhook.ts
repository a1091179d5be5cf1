import { splitList } from './address.js';
import { Unreadable } from './variable.js';

/** The tokens of the desk's webhook signatures: one, or two while they are rotated. */
export function webhookTokens(text: string): readonly string[] | Unreadable {
  const tokens = splitList(text);
  if (tokens.length < 1 || tokens.length > 2) return new Unreadable('must be one token, or two separated by a comma');
  return Object.freeze(tokens);
}

export function webhookPathSecret(text: string): string | Unreadable {
  return /^[A-Za-z\d-]{16,128}$/.test(text)
    ? text
    : new Unreadable('must be 16 to 128 characters out of A-Z a-z 0-9 -');
}
