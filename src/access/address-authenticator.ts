import { type IncomingMessage } from 'node:http';
import { Authenticator, type Caller, callerNamed } from './authenticator.js';

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
