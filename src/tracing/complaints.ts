/** The part of a logger that is needed here. */
export interface ComplaintLog {
  warn(fields: object, message: string): void;
}

/** One line for each kind of trouble in this time, however often it happens. */
const QUIET_MS = 60_000;

/**
 * Trouble with traces, in the log. Never in the SDK's own words: they quote headers with keys, addresses and whatever the
 * receiver answered.
 */
export class Complaints {
  private readonly quietUntil = new Map<string, number>();
  private lost = 0;

  constructor(
    private readonly logger: ComplaintLog,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Spans that nobody will see; the line counts those since the one before. */
  dropped(spans: number, reason: string): void {
    this.lost += spans;
    if (!this.isDue('dropped')) return;
    this.logger.warn({ spans: this.lost, reason }, 'spans were dropped');
    this.lost = 0;
  }

  /** Of the SDK's words only the variable that it speaks of is told: a number that it cannot read, a file that is not there. */
  ofSdk(words: string): void {
    const [variable] = /\bOTEL_[A-Z_]+\b/.exec(words) ?? [];
    if (this.isDue(variable ?? 'sdk')) this.logger.warn({ variable }, 'the tracing SDK complains');
  }

  private isDue(kind: string): boolean {
    const now = this.now();
    if (now < (this.quietUntil.get(kind) ?? 0)) return false;
    this.quietUntil.set(kind, now + QUIET_MS);
    return true;
  }
}
