import { createHash } from 'node:crypto';
import { type JsonObject } from './json-object.js';
import { readPageRequest } from './page-request.js';
import { readRecordsRequest } from './records-request.js';
import { SlidingSecond } from './sliding-second.js';

// A load test may make millions of calls; the counters stay exact, the list keeps the newest.
const KEPT_CALLS = 100_000;

/** The record of one call. The UserSig itself is a credential, so only a hash of it is kept. */
export interface DeskCall {
  readonly at: number;
  readonly method: string;
  /** The last segment of the path; null if that is under another service. */
  readonly command: string | null;
  readonly sessionId: string | null;
  /** The period and the client of a list, Unix seconds. */
  readonly from: number | null;
  readonly to: number | null;
  readonly clientId: string | null;
  /** The window as the desk understood it, with defaults filled in; null if the body was invalid. */
  readonly offset: number | null;
  readonly limit: number | null;
  readonly order: 1 | 2 | null;
  /** Order as the body had it; null if it was left out. */
  readonly sentOrder: unknown;
  readonly random: string | null;
  readonly userSigHash: string | null;
  /** The fault that met this call, if any. */
  fault: string | null;
  /** The ErrorCode of the answer; null while there is none, or if a fault replaced the answer. */
  errorCode: number | null;
}

/** Every call that came in, and their rate. */
export class Traffic {
  readonly calls: DeskCall[] = [];
  private second = new SlidingSecond();
  count = 0;
  maxPerSecond = 0;
  inFlight = 0;
  maxInFlight = 0;

  constructor(private readonly now: () => number) {}

  arrives(method: string, command: string | null, query: URLSearchParams, body: JsonObject | undefined): DeskCall {
    const page = understood(readPageRequest(body));
    const list = understood(readRecordsRequest(body));
    const sessionId = body?.['SessionId'];
    const call: DeskCall = {
      at: this.now(),
      method,
      command,
      sessionId: typeof sessionId === 'string' ? sessionId : null,
      from: list?.from ?? null,
      to: list?.to ?? null,
      clientId: list?.clientId ?? null,
      offset: (page ?? list)?.offset ?? null,
      limit: (page ?? list)?.limit ?? null,
      order: page?.order ?? null,
      sentOrder: body?.['Order'] ?? null,
      random: query.get('random'),
      userSigHash: hashOf(query.get('usersig')),
      fault: null,
      errorCode: null,
    };
    this.calls.push(call);
    if (this.calls.length > KEPT_CALLS) this.calls.splice(0, KEPT_CALLS / 10);
    this.count += 1;
    this.maxPerSecond = Math.max(this.maxPerSecond, this.second.add());
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    return call;
  }

  leaves(): void {
    this.inFlight -= 1;
  }

  reset(): void {
    // Emptied in place: tests keep a reference to this list.
    this.calls.length = 0;
    this.second = new SlidingSecond();
    this.count = 0;
    this.maxPerSecond = 0;
    this.maxInFlight = this.inFlight;
  }
}

/** A call that ended without an ErrorCode. */
function understood<T extends object>(asked: T | number): T | undefined {
  return typeof asked === 'number' ? undefined : asked;
}

export function hashOf(userSig: string | null): string | null {
  return userSig ? createHash('sha256').update(userSig).digest('hex').slice(0, 16) : null;
}
