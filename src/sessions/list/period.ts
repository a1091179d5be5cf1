/** Unix seconds; both ends are included, as at the desk. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const DAY_SECONDS = 86_400;
/** The last second of the year 9999: RFC 3339 has four digits for a year. */
const LAST_SECOND = 253_402_300_799;

/** RFC 3339 §5.6. A blank is accepted in place of a `+` that was not encoded: in a query `+` means a blank. */
const DATE_TIME = /^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d):(\d\d)(?:\.\d+)?(Z|[+ -]\d\d:\d\d)$/i;
const LEAP_SECOND = '60';

/** Whole seconds; undefined for anything but a date-time of the years 1970 to 9999. */
export function parseDateTime(text: string): number | undefined {
  const [, date = '', time = '', second = '', zone = ''] = DATE_TIME.exec(text) ?? [];
  if (date === '' || !isCalendarDate(date)) return undefined;
  const offset = zone.replace(' ', '+').toUpperCase();
  // Unix time has no leap seconds, so one is the last second before it.
  const ms = Date.parse(`${date}T${time}:${second === LEAP_SECOND ? '59' : second}${offset}`);
  if (second === LEAP_SECOND && !isEndOfDay(ms)) return undefined;
  const seconds = ms / 1000;
  return isSecond(seconds) ? seconds : undefined;
}

/** The 24 h up to the last second of the current minute, so that all requests of a minute ask for the same. */
export function defaultPeriod(nowMs: number): Period {
  const to = Math.floor(nowMs / 60_000) * 60 + 59;
  return { from: to - DAY_SECONDS, to };
}

/** With one end given, the other is 24 h away from it; undefined if neither is. */
export function periodOf(from: number | undefined, to: number | undefined): Period | undefined {
  if (from !== undefined) return { from, to: to ?? Math.min(from + DAY_SECONDS, LAST_SECOND) };
  return to === undefined ? undefined : { from: Math.max(to - DAY_SECONDS, 0), to };
}

export function isSecond(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= LAST_SECOND;
}

/** `Date.parse` accepts 30 February as 1 March. */
function isCalendarDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

/** Leap seconds come only at the end of a day in UTC. */
function isEndOfDay(ms: number): boolean {
  return (ms / 1000 + 1) % DAY_SECONDS === 0;
}
