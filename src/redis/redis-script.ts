import { createHash } from 'node:crypto';
import { describeSpan } from '../tracing/trace.js';
import { type RedisClient } from './connect.js';

/** A Lua script, run atomically inside Redis. Its text is sent only if Redis does not have it yet. */
export class RedisScript {
  private readonly sha: string;

  constructor(
    private readonly lua: string,
    /** Its name in traces. */
    private readonly name: string,
  ) {
    this.sha = createHash('sha1').update(lua).digest('hex');
  }

  /** The reply is outside data: strings are Buffers, and the caller has to check the types. */
  async run(
    client: RedisClient,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    describeSpan(`EVALSHA ${this.name}`, { 'db.operation.name': 'EVALSHA', 'db.stored_procedure.name': this.name });
    try {
      return await client.callBuffer('EVALSHA', this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await client.callBuffer('EVAL', this.lua, keys.length, ...keys, ...args);
    }
  }
}
