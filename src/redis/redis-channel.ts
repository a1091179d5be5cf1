import { Cluster } from 'ioredis';
import { type RedisClient } from './connect.js';

/**
 * Silence is normal here, so only TCP detects a dead connection, and missed messages have to be read from Redis.
 * ioredis's own resubscription would end the process if Redis refuses it.
 */
const OPTIONS = { socketTimeout: undefined, keepAlive: 5000, autoResubscribe: false };

/** Subscribes to one pub/sub channel, on a connection of its own: a subscribed connection takes no other commands. */
export class RedisChannel {
  private readonly client: RedisClient;

  constructor(
    client: RedisClient,
    name: string,
    onMessage: (message: Buffer) => void,
    onRefused: (error: unknown) => void,
  ) {
    this.client = client instanceof Cluster ? client.duplicate() : client.duplicate(OPTIONS);
    // Nothing waits for it, so a refused subscription is repeated with the next connection.
    const subscribe = () => void this.client.subscribe(name).catch(onRefused);
    this.client.on('ready', subscribe);
    // Without a listener an error would end the process. The connection is retried, and RedisLink reports an outage.
    this.client.on('error', () => undefined);
    this.client.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
      onMessage(message);
    });
  }

  close(): void {
    this.client.disconnect(false);
  }
}
