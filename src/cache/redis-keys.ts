import { createHash } from 'node:crypto';
import { FORMAT } from './stored-value.js';

/**
 * The names that one entry has in Redis. Its id is hashed, since it may be personal; the hash is a hash tag, so that all
 * that belongs to one id lies in one cluster slot, where one script can read and write it.
 */
export class RedisKeys {
  private readonly base: string;
  /** The number of the newest change of this id: all resources share it. */
  readonly change: string;

  constructor(prefix: string, resource: string, id: string) {
    const hash = createHash('sha256').update(id).digest('base64url').slice(0, 22);
    const ofId = `${prefix}:${FORMAT}:{${hash}}`;
    this.base = `${ofId}:${resource}`;
    this.change = `${ofId}:change`;
  }

  /** Changes with every write that others must notice. */
  get version(): string {
    return `${this.base}:version`;
  }

  /** There while a failed refresh is not to be tried again; its text says for how many milliseconds that was. */
  get failed(): string {
    return `${this.base}:failed`;
  }

  value(name: string): string {
    return `${this.base}:${name}`;
  }

  lock(flight: string): string {
    return `${this.base}:lock:${flight}`;
  }

  /** How the flight of a lock's token ended. */
  outcome(token: string): string {
    return `${this.base}:outcome:${token}`;
  }
}
