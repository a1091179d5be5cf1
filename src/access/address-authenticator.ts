import { type IncomingMessage } from 'node:http';
import { Authenticator, type Caller, callerNamed } from './authenticator.js';

/** AUTH_MODE=none: everybody may read, and is told apart by address for the limit and the audit. */
export class AddressAuthenticator extends Authenticator {
  override recall({ socket }: IncomingMessage): Caller {
    // A dual-stack socket writes the same IPv4 client in another way.
    return callerNamed(socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown');
  }

  override authenticate(request: IncomingMessage): Caller {
    return this.recall(request);
  }
}
