import { ProblemError } from '../../problem/problem.js';
import { type Connection, type StreamEnd } from './connection.js';

export interface StreamLimits {
  readonly max: number;
  /** 0: none of its own. */
  readonly maxPerCaller: number;
}

/** A stream's place among those that are open. */
export interface Place {
  /** There once it has begun. */
  connection?: Connection;
}

const RETRY_AFTER_MS = 5000;

/** The streams of this replica: how many there may be, and the end of all. */
export class OpenStreams {
  private readonly places = new Map<Place, string>();
  private readonly callers = new Map<string, number>();
  private isClosed = false;

  constructor(
    private readonly limits: StreamLimits,
    private readonly onCountChange: (count: number) => void,
  ) {}

  /** @throws ProblemError `unavailable`; whoever got a place has to `leave` it */
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

  /** @throws ProblemError `unavailable`: what begins after the end of all would be ended by nobody */
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

  /** Ends all, and lets none begin. */
  close(end: StreamEnd): void {
    this.isClosed = true;
    for (const { connection } of [...this.places.keys()]) connection?.close(end);
  }
}

function unavailable(detail: string): ProblemError {
  return new ProblemError('unavailable', { detail: `${detail} Try again later.`, retryAfterMs: RETRY_AFTER_MS });
}
