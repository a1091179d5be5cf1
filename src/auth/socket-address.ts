import { type IncomingMessage } from 'node:http';
import { Authenticator } from './authenticator.js';

/** AUTH_MODE=none: everybody may read, and is told apart by address for the limit and the audit. */
export class SocketAddress extends Authenticator {
  override rememberedCallerOf(request: IncomingMessage): string {
    return this.callerOf(request);
  }

  override callerOf({ socket }: IncomingMessage): string {
    // A dual-stack socket writes the same IPv4 client in another way.
    return socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown';
  }
}
