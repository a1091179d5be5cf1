import { type Fault } from './fault.js';

export interface FaultScope {
  /** Only calls for this session; all calls if left out. */
  readonly sessionId?: string;
  /** Only calls of this command. */
  readonly command?: string;
  /** How many calls in scope succeed first. */
  readonly skip?: number;
}

interface Planned {
  readonly fault: Fault;
  readonly sessionId?: string;
  readonly command?: string;
  skip: number;
  left: number;
}

/** Which fault meets which call: queued faults first, in their order, then the newest of the permanent ones. */
export class FaultPlan {
  private queued: Planned[] = [];
  private staying: Planned[] = [];

  failNext(fault: Fault, { times = 1, skip = 0, ...scope }: FaultScope & { readonly times?: number } = {}): void {
    this.queued.push({ fault, ...scope, skip, left: times });
  }

  untilReset(fault: Fault, { skip = 0, ...scope }: FaultScope = {}): void {
    this.staying.unshift({ fault, ...scope, skip, left: Infinity });
  }

  take(call: { readonly sessionId: string | null; readonly command?: string | null }): Fault | undefined {
    const inScope = ({ sessionId, command }: Planned) =>
      (sessionId === undefined || sessionId === call.sessionId) && (command === undefined || command === call.command);
    const next = this.queued.find(inScope) ?? this.staying.find(inScope);
    if (!next) return undefined;
    if (next.skip > 0) {
      next.skip -= 1;
      return undefined;
    }
    next.left -= 1;
    if (next.left <= 0) this.queued = this.queued.filter((planned) => planned !== next);
    return next.fault;
  }

  list(): readonly unknown[] {
    return [...this.queued, ...this.staying].map(({ left, ...rest }) => ({
      ...rest,
      left: left === Infinity ? 'until reset' : left,
    }));
  }

  clear(): void {
    this.queued = [];
    this.staying = [];
  }
}
