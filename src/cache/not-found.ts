import { type Arrived, type Basis } from './freshness.js';
import { HEAD, type StoredWrite } from './redis-store.js';
import { type StoredValue } from './stored-value.js';

const KIND = 'not-found';

/** The desk does not know what was asked for. Replaces whatever was held. */
export class NotFound implements Arrived {
  constructor(
    readonly askedAt: number,
    readonly lifetimeMs: number,
    readonly arrivedAt: number,
    readonly basis?: Basis,
  ) {}

  static read({ kind, askedAt, lifetimeMs, basis }: StoredValue, arrivedAt = askedAt): NotFound | undefined {
    return kind === KIND ? new NotFound(askedAt, lifetimeMs, arrivedAt, basis) : undefined;
  }

  get write(): StoredWrite {
    const { askedAt, lifetimeMs, basis } = this;
    const payload = Buffer.alloc(0);
    return { name: HEAD, kind: KIND, fields: {}, payload, askedAt, lifetimeMs, basis, keptMs: lifetimeMs };
  }
}
