import { type IncomingMessage } from 'node:http';

/** Proves who asks. One of its kinds is chosen by AUTH_MODE. */
export abstract class Authenticator {
  /** The name of a caller who has proved it a while ago, without a look at anybody else. */
  abstract rememberedCallerOf(request: IncomingMessage): string | undefined;

  /**
   * The caller's name, undefined for a stranger. A promise only where something has to be verified or fetched.
   *
   * @throws ProblemError `unavailable` (as a rejection) where it cannot be known at the moment
   */
  abstract callerOf(request: IncomingMessage): string | undefined | Promise<string | undefined>;
}
