import { ProblemError } from '../../problem/problem.js';
import { type Connection, type StreamEnd } from './connection.js';

export interface StreamLimits {
  readonly max: number;
  /** 0: no limit per caller. */
  readonly maxPerCaller: number;
}

/** The slot of one open stream. */
export interface Place {
  /** Set once it has begun. */
  connection?: Connection;
}

const RETRY_AFTER_MS = 5000;

/** The open streams of this replica: their limits, and their end when the service stops. */
export class OpenStreams {
  private readonly places = new Map<Place, string>();
  private readonly callers = new Map<string, number>();
  private isClosed = false;

  constructor(
    private readonly limits: StreamLimits,
    private readonly onCountChange: (count: number) => void,
  ) {}

  /** @throws ProblemError `unavailable`; every slot has to be released with `leave` */
  enter(caller: string): Place {
    const { max, maxPerCaller } = this.limits;
    this.refuseOnceClosed();
    if (this.places.size >= max) throw unavailable('Too many streams are open.');
    const ofCaller = this.callers.get(caller) ?? 0;
    if (maxPerCaller > 0 && ofCaller >= maxPerCaller) throw unavailable('The caller has too many streams open.');
    const place: Place = {};
    this.places.set(place, caller);
    this.callers.set(caller, ofCaller + 1);
    this.onCountChange(this.places.size);
    return place;
  }

  /** @throws ProblemError `unavailable`: nothing would end a stream that begins after all were ended */
  refuseOnceClosed(): void {
    if (this.isClosed) throw unavailable('The service is shutting down.');
  }

  leave(place: Place): void {
    const caller = this.places.get(place);
    if (caller === undefined) return;
    this.places.delete(place);
    const ofCaller = (this.callers.get(caller) ?? 0) - 1;
    if (ofCaller > 0) this.callers.set(caller, ofCaller);
    else this.callers.delete(caller);
    this.onCountChange(this.places.size);
  }

  /** Ends all streams and refuses new ones. */
  close(end: StreamEnd): void {
    this.isClosed = true;
    for (const { connection } of [...this.places.keys()]) connection?.close(end);
  }
}

function unavailable(detail: string): ProblemError {
  return new ProblemError('unavailable', { detail: `${detail} Try again later.`, retryAfterMs: RETRY_AFTER_MS });
}
