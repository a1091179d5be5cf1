import { type Arrived } from './freshness.js';
import { HEAD, type StoredWrite } from './redis-store.js';
import { type StoredValue } from './stored-value.js';

const KIND = 'not-found';

/** The desk does not know what was asked for. Replaces whatever was held. */
export class NotFound implements Arrived {
  constructor(
    readonly askedAt: number,
    readonly lifetimeMs: number,
    readonly arrivedAt: number,
  ) {}

  static read({ kind, askedAt, lifetimeMs }: StoredValue, arrivedAt = askedAt): NotFound | undefined {
    return kind === KIND ? new NotFound(askedAt, lifetimeMs, arrivedAt) : undefined;
  }

  get write(): StoredWrite {
    const { askedAt, lifetimeMs } = this;
    return { name: HEAD, kind: KIND, fields: {}, payload: Buffer.alloc(0), askedAt, lifetimeMs, keptMs: lifetimeMs };
  }
}
