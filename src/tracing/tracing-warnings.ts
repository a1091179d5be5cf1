/** The part of a logger that is needed here. */
export interface WarningLog {
  warn(fields: object, message: string): void;
}

/** At most one line for each kind of trouble in this time. */
const QUIET_MS = 60_000;

/**
 * Logs trouble with traces. Never in the SDK's own words: they quote headers with keys, addresses and whatever the
 * receiver answered.
 */
export class TracingWarnings {
  private readonly quietUntil = new Map<string, number>();
  private lost = 0;

  constructor(
    private readonly logger: WarningLog,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Lost spans; the line counts those since the previous line. */
  dropped(spans: number, reason: string): void {
    this.lost += spans;
    if (!this.isDue('dropped')) return;
    this.logger.warn({ spans: this.lost, reason }, 'spans were dropped');
    this.lost = 0;
  }

  /**
   * Of the SDK's text only the name of a variable is logged: a number that it cannot parse, a file that does not exist.
   */
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
