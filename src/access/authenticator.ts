import { type IncomingMessage } from 'node:http';

/** Who asks, once that is proven. */
export interface Caller {
  /** A key's name, a token's subject or an address: never a key or a token. */
  readonly name: string;
  /** What the caller's token is good for; undefined where scopes do not exist. */
  readonly scopes: ReadonlySet<string> | undefined;
  /** Unix milliseconds after which the proof is worth nothing; Infinity where it does not end. */
  readonly expiresAt: number;
}

/** Proves who asks. One of its kinds is chosen by AUTH_MODE. */
export abstract class Authenticator {
  /** A caller who has proven it a while ago, without asking anybody else. */
  abstract recall(request: IncomingMessage): Caller | undefined;

  /**
   * undefined for a stranger. A promise only where something has to be verified or fetched.
   *
   * @throws ProblemError `unavailable` (as a rejection) where it cannot be known at the moment
   */
  abstract authenticate(request: IncomingMessage): Caller | undefined | Promise<Caller | undefined>;
}

/** A caller without a token. */
export function callerNamed(name: string): Caller {
  return { name, scopes: undefined, expiresAt: Infinity };
}
