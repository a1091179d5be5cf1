import { Matches } from 'class-validator';

/** The characters of ids of sessions and clients (docs/api.md), as part of regular expressions. */
export const IDENTIFIER = '[A-Za-z0-9._~@:+=-]{1,128}';

/** The whole pattern, for schemas. */
export const IDENTIFIER_PATTERN = `^${IDENTIFIER}$`;

const WHOLE = new RegExp(IDENTIFIER_PATTERN);

export function isIdentifier(text: string): boolean {
  return WHOLE.test(text);
}

export const IsIdentifier = (): PropertyDecorator =>
  Matches(WHOLE, {
    message: 'must be 1 to 128 characters out of A-Z a-z 0-9 . _ ~ @ : + = -',
  });
