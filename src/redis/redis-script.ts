import { createHash } from 'node:crypto';
import { type RedisClient } from './redis-link.js';

/** A Lua script that runs inside Redis, atomically; sent whole only where Redis does not know it yet. */
export class RedisScript {
  private readonly sha: string;

  constructor(private readonly lua: string) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  /** The reply is outside data: strings come as Buffers, and the caller checks what it got. */
  async run(
    client: RedisClient,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    try {
      return await client.callBuffer('EVALSHA', this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await client.callBuffer('EVAL', this.lua, keys.length, ...keys, ...args);
    }
  }
}
