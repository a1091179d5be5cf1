import { LRUCache } from 'lru-cache';
import { type Rendered, Representation } from './representation.js';

const OVERHEAD_BYTES = 500;

/** Representations already made, bounded in bytes. Whether one is still true its fingerprint tells, not its age. */
export class RepresentationCache {
  private readonly held: LRUCache<string, Representation> | undefined;

  constructor(maxBytes: number) {
    this.held = maxBytes > 0 ? new LRUCache({ maxSize: maxBytes }) : undefined;
  }

  /** What is at hand, rendered only where that shows something else. */
  get(key: string, fingerprint: string, render: () => Rendered): Representation {
    const held = this.held?.get(key);
    if (held?.fingerprint === fingerprint) return held;
    const made = new Representation(render(), fingerprint, (grown) => {
      if (this.held?.peek(key) === grown) this.keep(key, grown);
    });
    this.keep(key, made);
    return made;
  }

  private keep(key: string, representation: Representation): void {
    this.held?.set(key, representation, { size: representation.byteLength + OVERHEAD_BYTES });
  }
}
