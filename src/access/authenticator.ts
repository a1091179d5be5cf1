import { type IncomingMessage } from 'node:http';

/** An authenticated caller. */
export interface Caller {
  /** A key's name, a token's subject or an address: never a key or a token. */
  readonly name: string;
  /** The scopes of the token; undefined without a token. */
  readonly scopes: ReadonlySet<string> | undefined;
  /** Unix milliseconds at which the credentials expire; Infinity if they do not. */
  readonly expiresAt: number;
}

/** Authenticates requests. AUTH_MODE chooses the class. */
export abstract class Authenticator {
  /** A caller who was authenticated before, from memory. */
  abstract recall(request: IncomingMessage): Caller | undefined;

  /**
   * undefined if the credentials are missing or wrong. A promise only if something has to be verified or fetched.
   * @throws ProblemError `unavailable` (as a rejection) if they cannot be checked at the moment
   */
  abstract authenticate(request: IncomingMessage): Caller | undefined | Promise<Caller | undefined>;
}

/** A caller without a token. */
export function callerNamed(name: string): Caller {
  return { name, scopes: undefined, expiresAt: Infinity };
}

/** AUTH_MODE=none: everybody may read; limit and audit use the address. */
export class AddressAuthenticator extends Authenticator {
  override recall({ socket }: IncomingMessage): Caller {
    // A dual-stack socket reports IPv4 addresses as ::ffff:a.b.c.d.
    return callerNamed(socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown');
  }

  override authenticate(request: IncomingMessage): Caller {
    return this.recall(request);
  }
}
