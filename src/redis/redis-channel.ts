import { Cluster } from 'ioredis';
import { type RedisClient } from './redis-link.js';

/**
 * A silent connection is no dead one here: only TCP finds out, and what is missed meanwhile has to be found in Redis. ioredis's
 * own way to subscribe again ends the process where Redis refuses it.
 */
const OPTIONS = { socketTimeout: undefined, keepAlive: 5000, autoResubscribe: false };

/** What Redis's pub/sub says on one channel, on a connection of its own: one that listens takes no other commands. */
export class RedisChannel {
  private readonly client: RedisClient;

  constructor(client: RedisClient, name: string, onMessage: (message: Buffer) => void) {
    this.client = client instanceof Cluster ? client.duplicate() : client.duplicate(OPTIONS);
    // Nothing waits here, so what is refused now is tried again with the next connection.
    const subscribe = () => void this.client.subscribe(name).catch(() => undefined);
    this.client.on('ready', subscribe);
    this.client.on('error', () => undefined);
    this.client.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      onMessage(message);
    });
  }

  close(): void {
    this.client.disconnect(false);
  }
}
