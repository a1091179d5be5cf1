import { Matches } from 'class-validator';

/** What ids of sessions and clients are made of (contract), as a part of regular expressions. */
export const IDENTIFIER = '[A-Za-z0-9._~@:+=-]{1,128}';

/** The whole of it, as schemas have it. */
export const IDENTIFIER_PATTERN = `^${IDENTIFIER}$`;

export const IsIdentifier = (): PropertyDecorator =>
  Matches(new RegExp(IDENTIFIER_PATTERN), {
    message: 'must be 1 to 128 characters out of A-Z a-z 0-9 . _ ~ @ : + = -',
  });
