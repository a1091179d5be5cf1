import { createHash } from 'node:crypto';
import { FORMAT } from './stored-value.js';

/**
 * The names a session has in Redis: a hash instead of its id (which may be personal), inside a hash tag, so that a session
 * is in one cluster slot and one script can read and write all of it.
 */
export class SessionKeys {
  readonly base: string;

  constructor(prefix: string, sessionId: string) {
    const hash = createHash('sha256').update(sessionId).digest('base64url').slice(0, 22);
    this.base = `${prefix}:${FORMAT}:{${hash}}`;
  }

  get head(): string {
    return `${this.base}:head`;
  }

  /** Changes with every write that others must notice. */
  get version(): string {
    return `${this.base}:version`;
  }

  /** There while a failed refresh is not to be tried again; its text says for how many milliseconds that was. */
  get failed(): string {
    return `${this.base}:failed`;
  }

  block(epoch: string, blockKey: string): string {
    return `${this.base}:block:${epoch}:${blockKey}`;
  }

  /** There once the frame of an epoch is proven. */
  proof(epoch: string, frame: string): string {
    return `${this.base}:proof:${epoch}:${frame}`;
  }

  window(epoch: string, windowKey: string): string {
    return `${this.base}:window:${epoch}:${windowKey}`;
  }

  lock(flight: string): string {
    return `${this.base}:lock:${flight}`;
  }

  /** How the flight of a lock's token ended. */
  outcome(token: string): string {
    return `${this.base}:outcome:${token}`;
  }
}
